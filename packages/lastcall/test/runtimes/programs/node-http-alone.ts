// The same program without lastcall, in Node's own way.
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { answer } from "./answer.ts";

const server = createServer(async (request, response) => {
	const { length } = await buffer(request);
	response.end(await answer(request.url ?? "", length));
});

server.listen(0, "127.0.0.1");

process.on("SIGTERM", () => {
	server.close(() => process.exit(0));
});
