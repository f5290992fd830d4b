// No listener for the signal: it ends the process.
import { createServer } from "node:http";
import { handler } from "./handler.ts";
import { place } from "./place.ts";

createServer(handler).listen(place);
