import Hapi from "@hapi/hapi";

const server = Hapi.server({ port: Number(process.env.PORT) });
server.route({ method: "GET", path: "/", handler: () => "Hello" });
await server.start();

process.on("SIGTERM", async () => {
	await server.stop({ timeout: 10_000 });
	process.exit(0);
});
