export default async function app(fastify, _options) {
	fastify.get("/", async () => ({ root: true }));
}
