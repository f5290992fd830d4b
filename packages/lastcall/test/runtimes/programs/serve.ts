// `Bun.serve` or `Deno.serve`, on whichever runtime runs this.
import { serve } from "./fetch-server.ts";
import { start } from "./start.ts";

await start((service, port) => {
	const server = service.serve("web", serve(port));
	return "port" in server ? server.port : server.addr.port;
});
