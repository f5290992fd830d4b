// https://github.com/godaddy/terminus#usage
import { createServer } from "node:http";
import { createTerminus } from "@godaddy/terminus";
import { handler } from "./handler.ts";
import { LIMIT_MS, place } from "./place.ts";

const server = createServer(handler);

createTerminus(server, { timeout: LIMIT_MS });

server.listen(place);
