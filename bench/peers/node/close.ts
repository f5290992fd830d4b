// What Node's own documentation shows; https://expressjs.com says the same of a bare server.
import { createServer } from "node:http";
import { handler } from "./handler.ts";
import { place } from "./place.ts";

const server = createServer(handler).listen(place);

process.on("SIGTERM", () => server.close(() => process.exit(0)));
