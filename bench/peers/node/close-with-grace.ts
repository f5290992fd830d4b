// https://github.com/fastify/close-with-grace#example-with-fastify
import closeWithGrace from "close-with-grace";
import { fastifyApp } from "./fastify-app.ts";
import { LIMIT_MS, place } from "./place.ts";

const app = fastifyApp();

closeWithGrace({ delay: LIMIT_MS }, async () => {
	await app.close();
});

await app.listen(place);
