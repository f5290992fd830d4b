import { createServer } from "node:http";

createServer((_request, response) => setTimeout(() => response.end("Hello"), 2)).listen(Number(process.env.PORT));
