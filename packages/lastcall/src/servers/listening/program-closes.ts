import { Server as NetServer, type Server } from "node:net";
import { findCaller } from "../../core/caller.ts";
import type { Warning } from "../../core/warning.ts";

/** What is needed to see what the program does to a server that lastcall closes. */
export interface ClosedServer {
	readonly name: string;
	readonly server: Server;
	/** Node.js's own `close()` for this kind of server. One that the program has put in its place is left alone. */
	readonly close: Server["close"];
	/** Returns true if the server's `close` will be heard without the program's help. */
	readonly isBeingClosed: () => boolean;
}

interface Methods {
	close?: unknown;
	closeIdleConnections?: unknown;
	closeAllConnections?: unknown;
}

/**
 * From the stop reason on, takes from a served server the methods by which the program would lose requests: an old signal handler
 * that calls `server.close()`, a framework's own close. It shadows them on this one server.
 *
 * - `close()` waits for the drain, which closes the server: its callback is called then, without an error. At once, it would reset
 *   the connections that wait in the accept queue.
 * - `closeIdleConnections()` does nothing, also where `close()` calls it: a request may be on its way. The drain ends them.
 * - `closeAllConnections()` does what it says: the program wants a hard stop.
 *
 * Calls `warn` once for each of them, unless Node.js itself has called: it closes the servers of a cluster worker that is asked to
 * disconnect. Returns a function that takes the shadows away.
 */
export function guardCloses(guarded: ClosedServer, warn: (warning: Warning) => void): () => void {
	const { name, server, close, isBeingClosed } = guarded;
	const methods = server as Methods;
	const told = new Set<string>();
	const tell = (method: keyof Methods, called: (...args: never[]) => unknown, becomes: string): void => {
		const caller = findCaller(called);
		if (told.has(method) || caller?.place.startsWith("node:")) return;
		told.add(method);
		const where = caller === undefined ? "" : ` at ${caller.place}`;
		warn({
			code: "close",
			message: `"${name}": server.${method}() was called${where} during the shutdown: ${becomes}`,
		});
	};
	const letGo: (() => void)[] = [];
	const { closeAllConnections: endAll } = methods;
	// Bun's HTTP servers are no `net.Server`: their listener is closed by this very method, where nothing else can.
	if (server instanceof NetServer && server.close === close) {
		const closes = (ended?: () => void): Server => {
			if (!isBeingClosed()) return close.call(server, ended);
			tell("close", closes, "it waits for the requests in flight. lastcall closes this server itself; remove the call");
			if (typeof ended === "function") server.once("close", ended);
			return server;
		};
		letGo.push(shadow(methods, "close", closes));
	}
	const closesIdle = (): void => {
		tell("closeIdleConnections", closesIdle, "it is ignored. lastcall ends idle connections itself; remove the call");
	};
	letGo.push(shadow(methods, "closeIdleConnections", closesIdle));
	const closesAll = (): void => {
		tell(
			"closeAllConnections",
			closesAll,
			"requests in flight are lost. lastcall ends what is left at the deadline; remove the call",
		);
		if (typeof endAll === "function") endAll.call(server);
	};
	letGo.push(shadow(methods, "closeAllConnections", closesAll));
	return () => {
		for (const takeAway of letGo) takeAway();
	};
}

/** Shadows a method that there is, on this one object. Returns a function that takes the shadow away. */
function shadow(methods: Methods, name: keyof Methods, by: unknown): () => void {
	const own = Object.getOwnPropertyDescriptor(methods, name);
	if (methods[name] === undefined || own?.configurable === false) return () => {};
	Object.defineProperty(methods, name, { value: by, writable: true, configurable: true });
	return () => {
		if (methods[name] !== by) return;
		if (own === undefined) delete methods[name];
		else Object.defineProperty(methods, name, own);
	};
}
