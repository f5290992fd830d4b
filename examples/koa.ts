// Koa: `app.callback()` is a request listener; the server around it is what drains.
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import Koa from "koa";
import { run } from "lastcall";

const app = new Koa();

app.use(async (context) => {
	switch (`${context.method} ${context.path}`) {
		case "GET /report":
			await setTimeout(500); // work that takes its time
			context.body = { sold: 42 };
			break;
		case "POST /orders":
			context.status = 201;
			context.body = { bytes: (await buffer(context.req)).length };
			break;
		default:
			context.body = "Hello\n";
	}
});

await run(async (service) => {
	service.defer("database", () => console.log("database closed"));
	await service.listen("http", createServer(app.callback()), { port: Number(process.env.PORT ?? 8080) });
});
