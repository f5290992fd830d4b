import { Server as NetServer, type Server } from "node:net";
import { listCallers } from "../../core/caller.ts";
import type { Warning } from "../../core/warning.ts";

/** A server that lastcall closes. */
export interface ClosedServer {
	readonly name: string;
	readonly server: Server;
	/** Node.js's own `close()` for this kind of server. One that the program has put in its place is left alone. */
	readonly close: Server["close"];
	/** Returns true if the server will emit `close` without the program's help. */
	readonly isBeingClosed: () => boolean;
}

interface Methods {
	close?: unknown;
	closeIdleConnections?: unknown;
	closeAllConnections?: unknown;
}

type Method = (...args: never[]) => unknown;

/** Warns of the call of a method, once for each method. */
type WarnAbout = (name: keyof Methods, method: Method, effect: string) => void;

/**
 * Shadows the methods of a served server by which the program would lose requests after the stop reason: an old signal handler
 * calls `server.close()`, or a framework does.
 *
 * - `close()` waits for the drain, which closes the server: its callback is called then, without an error. Node.js's own would
 *   reset the connections in the accept queue.
 * - `closeIdleConnections()` does nothing, also where `close()` calls it: a request may be on its way. The drain closes them.
 * - `closeAllConnections()` does what it is for: the program wants a hard stop.
 *
 * Calls `warn` once for each method, except for calls by Node.js itself: it closes the servers of a cluster worker that gets
 * `disconnect()`. Returns a function that removes the shadows.
 */
export function guardCloses(guarded: ClosedServer, warn: (warning: Warning) => void): () => void {
	const { server, close } = guarded;
	const warnAbout = warnOnce(guarded.name, warn);
	const removes = [guardCloseIdle(server, warnAbout), guardCloseAll(server, warnAbout)];
	// Bun's HTTP servers are no `net.Server`: the drain itself can only call this method to close their listener.
	if (server instanceof NetServer && server.close === close) removes.push(guardClose(guarded, warnAbout));
	return () => {
		for (const remove of removes) remove();
	};
}

function warnOnce(server: string, warn: (warning: Warning) => void): WarnAbout {
	const warned = new Set<string>();
	return (name, method, effect) => {
		const [caller] = listCallers(method);
		if (warned.has(name) || caller?.place.startsWith("node:")) return;
		warned.add(name);
		const where = caller === undefined ? "" : ` at ${caller.place}`;
		warn({ code: "close", message: `"${server}": server.${name}() was called${where} during the shutdown: ${effect}` });
	};
}

function guardClose({ server, close, isBeingClosed }: ClosedServer, warnAbout: WarnAbout): () => void {
	const waits = (ended?: () => void): Server => {
		if (!isBeingClosed()) return close.call(server, ended);
		warnAbout(
			"close",
			waits,
			"it waits for the requests in flight. lastcall closes this server itself; remove the call",
		);
		if (typeof ended === "function") server.once("close", ended);
		return server;
	};
	return shadow(server, "close", waits);
}

function guardCloseIdle(server: Methods, warnAbout: WarnAbout): () => void {
	const ignores = (): void => {
		const effect = "it is ignored. lastcall ends idle connections itself; remove the call";
		warnAbout("closeIdleConnections", ignores, effect);
	};
	return shadow(server, "closeIdleConnections", ignores);
}

function guardCloseAll(server: Methods, warnAbout: WarnAbout): () => void {
	const { closeAllConnections: own } = server;
	const warns = (): void => {
		const effect = "requests in flight are lost. lastcall ends what is left at the deadline; remove the call";
		warnAbout("closeAllConnections", warns, effect);
		if (typeof own === "function") own.call(server);
	};
	return shadow(server, "closeAllConnections", warns);
}

/** Shadows a method on this one object, if it has such a method. Returns a function that removes the shadow. */
function shadow(methods: Methods, name: keyof Methods, by: Method): () => void {
	const own = Object.getOwnPropertyDescriptor(methods, name);
	if (methods[name] === undefined || own?.configurable === false) return () => {};
	Object.defineProperty(methods, name, { value: by, writable: true, configurable: true });
	return () => {
		if (methods[name] !== by) return;
		if (own === undefined) delete methods[name];
		else Object.defineProperty(methods, name, own);
	};
}
