// h3: `toNodeHandler` makes a request listener of the application. Its own `serve` would handle the signals itself.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { H3, toNodeHandler } from "h3";
import { run } from "lastcall";

const app = new H3();

app.get("/", () => "Hello\n");

app.get("/report", async () => {
	await setTimeout(500); // work that takes its time
	return { sold: 42 };
});

app.post("/orders", async (event) => {
	event.res.status = 201;
	return { bytes: (await event.req.arrayBuffer()).byteLength };
});

await run(async (service) => {
	service.defer("database", () => console.log("database closed"));
	await service.listen("http", createServer(toNodeHandler(app)), { port: Number(process.env.PORT ?? 8080) });
});
