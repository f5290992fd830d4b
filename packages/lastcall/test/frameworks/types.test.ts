// Compiled is tested: the servers of frameworks need no casts.
import assert from "node:assert/strict";
import { createServer, IncomingMessage, ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import { test } from "node:test";
import hapi from "@hapi/hapi";
import { createAdaptorServer } from "@hono/node-server";
import type { INestApplication } from "@nestjs/common";
import express from "express";
import Fastify, { type FastifyInstance, type RawServerBase } from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import type { Service } from "lastcall";

class Request extends IncomingMessage {
	readonly user = "admin";
}
class Response extends ServerResponse<Request> {
	readonly view = "plain";
}

/** Never called. */
async function typed(service: Service, nest: INestApplication): Promise<void> {
	const koa = new Koa();
	await service.listen("hapi", hapi.server().listener, 0);
	service.serve("hapi", hapi.server().listener).listen(0);
	await service.listen("koa", createServer(koa.callback()), 0);
	service.serve("koa", createTlsServer({}, koa.callback()));
	service.serve("koa", createSecureServer({}, koa.callback()));
	service.serve("koa", koa.listen(0));
	await service.listen("express", createServer(express()), 0);
	service.serve("express", express().listen(0));
	await service.listen("fastify", Fastify().server, 0);
	await service.listen("fastify", Fastify({ https: {} }).server, 0);
	await service.listen("fastify", Fastify({ http2: true }).server, 0);
	service.serve("fastify", Fastify({ http2: true, https: {} }).server).listen(0);
	await service.listen("nest", nest.getHttpServer(), 0);
	service.serve("nest", nest.getHttpServer());
	await service.listen("hono", createAdaptorServer({ fetch: new Hono().fetch }), 0);
	const custom = createServer({ IncomingMessage: Request, ServerResponse: Response });
	service.serve("custom", await service.listen("custom", custom, 0));
}

/** A Fastify plugin, which does not know the kind of its server. */
async function plugin<S extends RawServerBase>(service: Service, app: FastifyInstance<S>): Promise<S> {
	service.serve("fastify", app.server);
	return await service.listen("fastify", app.server, 0);
}

test("the servers of hapi, Koa, Express, Fastify, NestJS and Hono are accepted without casts", () => {
	assert.deepEqual([typeof typed, typeof plugin], ["function", "function"]);
});
