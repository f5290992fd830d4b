import { Server } from "node:net";
import { tryGet } from "../core/try-get.ts";

/** Something that programs pass instead of a server, and what they should pass. */
interface WrongServer {
	readonly what: string;
	readonly instead: string;
	/** Returns true if a thing with these properties is one. */
	readonly matches: (thing: Readonly<Record<string, unknown>>, isFunction: boolean) => boolean;
}

function isFunction(value: unknown): boolean {
	return typeof value === "function";
}

/** In the order in which they are tried. The first ones have properties of later ones. */
const WRONG_SERVERS: readonly WrongServer[] = [
	{
		what: "a NestJS application",
		instead: "pass app.getHttpServer(), after await app.init()",
		matches: ({ getHttpServer, getHttpAdapter }) => isFunction(getHttpServer) && isFunction(getHttpAdapter),
	},
	{
		what: "a Fastify instance",
		instead: "pass app.server, after await app.ready()",
		matches: ({ ready, inject, register, server }) =>
			isFunction(ready) && isFunction(inject) && isFunction(register) && typeof server === "object",
	},
	{
		what: "a hapi server",
		instead: "pass server.listener, after await server.initialize()",
		matches: ({ listener, initialize, route }) =>
			typeof listener === "object" && isFunction(initialize) && isFunction(route),
	},
	{
		what: "a Koa application",
		instead: "pass createServer(app.callback()), with createServer of node:http",
		matches: ({ callback, middleware }) => isFunction(callback) && Array.isArray(middleware),
	},
	{
		what: "a Next.js application",
		instead: "pass createServer(app.getRequestHandler()), after await app.prepare()",
		matches: ({ getRequestHandler, prepare }) => isFunction(getRequestHandler) && isFunction(prepare),
	},
	{
		what: "an Express application",
		instead: "pass createServer(app), with createServer of node:http",
		matches: ({ use, handle, set }, isCallable) =>
			isCallable && isFunction(use) && isFunction(handle) && isFunction(set),
	},
	{
		what: "an h3 application",
		instead: "pass createServer(toNodeHandler(app)), with toNodeHandler of h3/node",
		matches: ({ fetch, handler, use }) => isFunction(fetch) && isFunction(handler) && isFunction(use),
	},
	{
		what: "a Hono application",
		instead: "pass createAdaptorServer({ fetch: app.fetch }), of @hono/node-server",
		matches: ({ fetch, basePath, route }) => isFunction(fetch) && isFunction(basePath) && isFunction(route),
	},
	{
		what: "an object with a server",
		instead: "pass its property server",
		matches: ({ server }) => server instanceof Server,
	},
	{
		what: "a promise",
		instead: "await it",
		matches: ({ then }) => isFunction(then),
	},
	{
		what: "a function",
		instead: "if it handles requests, pass createServer(handler), with createServer of node:http",
		matches: (_, isCallable) => isCallable,
	},
];

/** Returns what `thing` is, and what to pass instead: for the error that it is no server. `undefined` if nothing is known about it. */
export function describeWrongServer(thing: unknown): string | undefined {
	if ((typeof thing !== "object" && typeof thing !== "function") || thing === null) return undefined;
	const properties = thing as Readonly<Record<string, unknown>>;
	// A getter may throw.
	const found = WRONG_SERVERS.find(({ matches }) => tryGet(() => matches(properties, isFunction(thing))));
	return found === undefined ? undefined : `${found.what}: ${found.instead}`;
}
