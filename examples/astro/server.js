// Astro with @astrojs/node in mode "middleware": `node server.js` after `astro build`, in place of `node dist/server/entry.mjs`.
import { createServer } from "node:http";
import express from "express";
import { run } from "lastcall";
import { handler } from "./dist/server/entry.mjs";

const app = express();
app.use(express.static("dist/client"));
app.use(handler);

await run(async (service) => {
	await service.listen("http", createServer(app), Number(process.env.PORT ?? 8080));
});
