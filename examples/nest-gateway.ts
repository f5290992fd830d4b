// NestJS gateways with @nestjs/platform-ws: one adapter serves the WebSocket server of every gateway, and a message is in flight until
// the last of its responses is sent.
import "reflect-metadata";
import { setTimeout } from "node:timers/promises";
import { type INestApplication, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { WsAdapter } from "@nestjs/platform-ws";
import { SubscribeMessage, WebSocketGateway } from "@nestjs/websockets";
import { run, type Service } from "lastcall";
import { finalize } from "rxjs";

class ServedWsAdapter extends WsAdapter {
	readonly #service: Service;

	constructor(app: INestApplication, service: Service) {
		super(app);
		this.#service = service;
	}

	override create(...server: Parameters<WsAdapter["create"]>) {
		return this.#service.serve("gateway", super.create(...server));
	}

	override bindMessageHandlers(...[client, handlers, transform]: Parameters<WsAdapter["bindMessageHandlers"]>): void {
		super.bindMessageHandlers(client, handlers, (result) => {
			const done = this.#service.enter(client, "message");
			return transform(result).pipe(finalize(done)); // also if the handler fails or the client disconnects
		});
	}

	// The drain has closed the server. A second close would be an error.
	override async close(): Promise<void> {}
}

@WebSocketGateway({ path: "/shop" })
class Shop {
	@SubscribeMessage("order")
	async order(): Promise<object> {
		console.log("paying");
		await setTimeout(Number(process.env.WORK_MS ?? 500)); // work that takes its time
		console.log("paid");
		return { event: "order", data: "paid" };
	}

	onApplicationShutdown(): void {
		console.log("database closed");
	}
}

@Module({ providers: [Shop] })
class App {}

await run(async (service) => {
	const app = await NestFactory.create(App, { logger: ["warn", "error"] });
	service.defer("nest", () => app.close());
	app.useWebSocketAdapter(new ServedWsAdapter(app, service));
	await app.init();
	await service.listen("http", app.getHttpServer(), { port: Number(process.env.PORT ?? 8080) });
});
