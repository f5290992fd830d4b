// https://github.com/hunterloftis/stoppable#usage
import { createServer } from "node:http";
import stoppable from "stoppable";
import { handler } from "./handler.ts";
import { LIMIT_MS, place } from "./place.ts";

const server = stoppable(createServer(handler), LIMIT_MS);
server.listen(place);

process.on("SIGTERM", () => server.stop((error) => process.exit(error ? 1 : 0)));
