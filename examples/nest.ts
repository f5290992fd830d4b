// NestJS: `app.close()` runs its shutdown hooks, after the drain. Use `service.listen` instead of `app.listen`. Leave
// `enableShutdownHooks()` out: it runs the hooks at the signal, with requests still in flight, and then ends the process.
import "reflect-metadata";
import { setTimeout } from "node:timers/promises";
import { Body, Controller, Get, Inject, Module, Post } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { run } from "lastcall";

class Database {
	isOpen = true;

	beforeApplicationShutdown(): void {
		console.log("last words written");
	}

	onApplicationShutdown(): void {
		this.isOpen = false;
		console.log("database closed");
	}
}

@Controller()
class Shop {
	@Inject(Database) readonly database!: Database;

	@Get()
	hello(): string {
		return "Hello\n";
	}

	@Get("report")
	async report(): Promise<object> {
		await setTimeout(500); // work that takes its time
		return { sold: this.database.isOpen ? 42 : undefined };
	}

	@Post("orders")
	order(@Body() body: Buffer): object {
		return { bytes: body.length };
	}

	onModuleDestroy(): void {
		console.log("shop closed");
	}
}

@Module({ controllers: [Shop], providers: [Database] })
class App {}

await run(async (service) => {
	const app = await NestFactory.create<NestExpressApplication>(App, { logger: ["warn", "error"] });
	service.defer("nest", () => app.close());
	app.useBodyParser("raw", { type: () => true, limit: "10mb" });
	await app.init();
	await service.listen("http", app.getHttpServer(), { port: Number(process.env.PORT ?? 8080) });
});
