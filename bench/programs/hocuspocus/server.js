import { Server } from "@hocuspocus/server";

const server = new Server({ port: Number(process.env.PORT), quiet: true });
await server.listen();
