// The same program without lastcall, in the runtime's own way.
import { serve } from "./fetch-server.ts";

const server = serve(0);

process.on("SIGTERM", async () => {
	await ("shutdown" in server ? server.shutdown() : server.stop());
	process.exit(0);
});
