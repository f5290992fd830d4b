// Koa's documentation does not say how to stop: this is Node's own way.
import { buffer } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import Koa from "koa";

const app = new Koa();
app.use(async (context) => {
	switch (`${context.method} ${context.path}`) {
		case "GET /report":
			await setTimeout(500);
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

const server = app.listen(Number(process.env.PORT ?? 8080));

process.on("SIGTERM", () => {
	server.close(() => process.exit(0));
});
