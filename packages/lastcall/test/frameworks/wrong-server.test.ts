import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import hapi from "@hapi/hapi";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import express from "express";
import Fastify from "fastify";
import { H3 } from "h3";
import { Hono } from "hono";
import Koa from "koa";
import { createService } from "lastcall";
import "reflect-metadata";

class Shop {}
Module({})(Shop);

/** A server that is a property of something else, as of restify. */
class Holder {
	readonly server = createServer();
}

const OF_HTTP = "with createServer of node:http";
const CASES: readonly [what: string, create: (t: TestContext) => unknown, expected: string][] = [
	["Express", () => express(), `an Express application: pass createServer(app), ${OF_HTTP}`],
	["Koa", () => new Koa(), `a Koa application: pass createServer(app.callback()), ${OF_HTTP}`],
	["Fastify", () => Fastify(), "a Fastify instance: pass app.server, after await app.ready()"],
	["hapi", () => hapi.server(), "a hapi server: pass server.listener, after await server.initialize()"],
	[
		"NestJS",
		() => NestFactory.create(Shop, { logger: false }),
		"a NestJS application: pass app.getHttpServer(), after await app.init()",
	],
	[
		"Hono",
		() => new Hono(),
		"a Hono application: pass createAdaptorServer({ fetch: app.fetch }), of @hono/node-server",
	],
	["h3", () => new H3(), "an h3 application: pass createServer(toNodeHandler(app)), with toNodeHandler of h3/node"],
	[
		// Its package is not loaded here: it takes seconds.
		"Next.js",
		() => ({ getRequestHandler() {}, async prepare() {} }),
		"a Next.js application: pass createServer(app.getRequestHandler()), after await app.prepare()",
	],
	["a holder", () => new Holder(), "an object with a server: pass its property server"],
	[
		"a handler",
		() => (_request: unknown, response: { end(): void }) => response.end(),
		`a function: if it handles requests, pass createServer(handler), ${OF_HTTP}`,
	],
	["a promise", () => ({ promise: Promise.resolve(createServer()) }).promise, "a promise: await it"],
];

for (const [what, create, expected] of CASES) {
	test(`listen() and serve() say what to pass instead of ${what}`, async (t) => {
		const service = createService({ log: false });
		t.after(() => service.stopNow());
		// In an object: a promise would be awaited.
		const passed = what === "a promise" ? { app: create(t) } : { app: await create(t) };
		const wanted = { name: "TypeError", message: `"http": wanted a server, got ${expected}` };
		assert.throws(() => service.serve("http", passed.app as never), wanted);
		await assert.rejects(service.listen("http", passed.app as never, 0), wanted);
	});
}

test("listen() and serve() of a value that can't be read say which servers there are", async (t) => {
	const service = createService({ log: false });
	t.after(() => service.stopNow());
	const unreadable = new Proxy({}, { get: () => assert.fail("read") });
	for (const value of [undefined, null, 8080, "server", {}, { server: {} }]) {
		assert.throws(() => service.serve("http", value as never), /^TypeError: "http": wanted a server of node:http or /);
	}
	assert.throws(() => service.serve("http", unreadable as never), /"http": wanted a server of |read/);
});
