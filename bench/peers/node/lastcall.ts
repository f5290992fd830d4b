import { createServer } from "node:http";
import { run } from "lastcall";
import { handler } from "./handler.ts";
import { LIMIT_MS, place } from "./place.ts";

await run(
	async (service) => {
		await service.listen("http", createServer(handler), place);
	},
	{ gracePeriodMs: LIMIT_MS },
);
