// SvelteKit with adapter-node: `node server.js` after `vite build`, in place of `node build`.
import { createServer } from "node:http";
import { run } from "lastcall";
import { handler } from "./build/handler.js";

await run(async (service) => {
	await service.listen("http", createServer(handler), Number(process.env.PORT ?? 8080));
});
