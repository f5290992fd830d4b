// React Router: `node server.js` after `react-router build`, in place of `react-router-serve`.
import { createServer } from "node:http";
import { createRequestHandler } from "@react-router/express";
import express from "express";
import { run } from "lastcall";
import * as build from "./build/server/index.js";

const app = express();
app.use("/assets", express.static("build/client/assets", { immutable: true, maxAge: "1y" }));
app.use(express.static("build/client", { maxAge: "1h" }));
app.use(createRequestHandler({ build }));

await run(async (service) => {
	await service.listen("http", createServer(app), Number(process.env.PORT ?? 8080));
});
