// https://github.com/gajus/http-terminator#usage
import { createServer } from "node:http";
import { createHttpTerminator } from "http-terminator";
import { handler } from "./handler.ts";
import { LIMIT_MS, place } from "./place.ts";

const server = createServer(handler).listen(place);
const httpTerminator = createHttpTerminator({ server, gracefulTerminationTimeout: LIMIT_MS });

process.on("SIGTERM", () => void httpTerminator.terminate().then(() => process.exit(0)));
