// Nuxt, or Nitro alone, with the preset "node-listener": `node server.js` after `nuxt build`, in place of `node .output/server/index.mjs`.
import { createServer } from "node:http";
import { run } from "lastcall";
import { listener } from "./.output/server/index.mjs";

await run(async (service) => {
	service.defer("nitro", () => globalThis.closeNitro()); // server/plugins/close.js: runs the `close` hooks, after the last response
	await service.listen("http", createServer(listener), Number(process.env.PORT ?? 8080));
});
