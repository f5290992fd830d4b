// With h3's own `serve`, which has a graceful shutdown.
import { setTimeout } from "node:timers/promises";
import { H3, serve } from "h3";

const app = new H3();
app.get("/", () => "Hello\n");
app.get("/report", async () => {
	await setTimeout(500);
	return { sold: 42 };
});
app.post("/orders", async (event) => {
	event.res.status = 201;
	return { bytes: (await event.req.arrayBuffer()).byteLength };
});

serve(app, { port: Number(process.env.PORT ?? 8080), gracefulShutdown: true });
