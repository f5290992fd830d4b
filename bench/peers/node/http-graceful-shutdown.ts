// https://github.com/sebhildebrandt/http-graceful-shutdown#basic-usage
import { createServer } from "node:http";
import gracefulShutdown from "http-graceful-shutdown";
import { handler } from "./handler.ts";
import { LIMIT_MS, place } from "./place.ts";

const server = createServer(handler).listen(place);

gracefulShutdown(server, { timeout: LIMIT_MS });
