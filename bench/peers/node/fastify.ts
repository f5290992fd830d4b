// https://fastify.dev/docs/latest/Reference/Server/#close
import { fastifyApp } from "./fastify-app.ts";
import { place } from "./place.ts";

const app = fastifyApp();
await app.listen(place);

process.on("SIGTERM", () => void app.close().then(() => process.exit(0)));
