// With NestJS' own `enableShutdownHooks()`.
import "reflect-metadata";
import { setTimeout } from "node:timers/promises";
import { Body, Controller, Get, Module, Post } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";

@Controller()
class Shop {
	@Get()
	hello(): string {
		return "Hello\n";
	}

	@Get("report")
	async report(): Promise<object> {
		await setTimeout(500);
		return { sold: 42 };
	}

	@Post("orders")
	order(@Body() body: Buffer): object {
		return { bytes: body.length };
	}
}

@Module({ controllers: [Shop] })
class App {}

const app = await NestFactory.create<NestExpressApplication>(App, { logger: ["warn", "error"] });
app.enableShutdownHooks();
app.useBodyParser("raw", { type: () => true, limit: "10mb" });
await app.listen(Number(process.env.PORT ?? 8080));
