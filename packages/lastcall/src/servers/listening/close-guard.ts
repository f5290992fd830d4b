import { Server as NetServer, type Server } from "node:net";
import { listCallers } from "../../core/caller.ts";
import { shadowMethod } from "../../core/shadow-method.ts";
import type { Warning } from "../../core/warning.ts";

/** A server that lastcall closes. */
export interface ClosedServer {
	readonly name: string;
	readonly server: Server;
	/** Node.js's own `close()` for this kind of server. One that the program has put in its place is left alone. */
	readonly close: Server["close"];
	/** Returns true if the server will emit `close` without the program's help. */
	readonly isBeingClosed: () => boolean;
	/** Returns true after the hard stop: what is in flight is lost, and not by the program's call. */
	readonly isCut: () => boolean;
}

interface Methods {
	close?: unknown;
	closeIdleConnections?: unknown;
	closeAllConnections?: unknown;
	[Symbol.asyncDispose]?: unknown;
}

type Method = (...args: never[]) => unknown;

/** Warns of the call of a method, once for each method. */
type WarnAbout = (
	name: "close" | "closeIdleConnections" | "closeAllConnections",
	method: Method,
	effect: string,
) => void;

/** The guards of servers that have not listened again since. */
const guards = new WeakMap<Server, CloseGuard>();

/**
 * Shadows the methods of a served server by which the program would lose requests after the stop reason: an old signal handler
 * calls `server.close()`, or a framework does.
 *
 * - `close()` waits for the drain, which closes the server: its callback is called then, without an error. Node.js's own would
 *   reset the connections in the accept queue. So does `Symbol.asyncDispose`.
 * - `closeIdleConnections()` does nothing, also where `close()` calls it: a request may be on its way. The drain closes them.
 * - `closeAllConnections()` does what it is for: the program wants a hard stop.
 *
 * Calls `warn` once for each method, except for calls by Node.js itself: it closes the servers of a cluster worker that gets
 * `disconnect()`.
 *
 * After the drain, the program may close what lastcall has closed: a closer calls the framework's `close()`. To the program that is the
 * first time, so that `close()` goes on to succeed until the server listens again. All else is given back.
 */
export class CloseGuard {
	readonly #guarded: ClosedServer;
	readonly #removes: (() => void)[];
	readonly #removesClose: (() => void)[] = [];
	/** The listeners that have got the server's `close`, once it was emitted. */
	#notified: WeakSet<object> | undefined;
	#isReleased = false;

	constructor(guarded: ClosedServer, warn: (warning: Warning) => void) {
		this.#guarded = guarded;
		const { server, close } = guarded;
		guards.get(server)?.forget();
		guards.set(server, this);
		const warnAbout = warnOnce(guarded.name, warn);
		this.#removes = [guardCloseIdle(server, warnAbout), guardCloseAll(server, warnAbout)];
		// Bun's HTTP servers are no `net.Server`: the drain itself can only call this method to close their listener.
		if (server instanceof NetServer && server.close === close) this.#guardClose(warnAbout);
	}

	/** The server has emitted the `close` of the drain. */
	closed(): void {
		this.#notified = new WeakSet(this.#guarded.server.rawListeners("close"));
	}

	/** The drain is over. */
	release(): void {
		this.#isReleased = true;
		for (const remove of this.#removes) remove();
		if (this.#notified !== undefined) return;
		if (this.#guarded.isBeingClosed()) this.#guarded.server.once("close", () => this.closed());
		else this.forget();
	}

	/** The server gets its own `close()` back. */
	forget(): void {
		for (const remove of this.#removesClose) remove();
	}

	#guardClose(warnAbout: WarnAbout): void {
		const { server, close, isBeingClosed, isCut } = this.#guarded;
		const waits = (ended?: () => void): Server => {
			if (this.#notified !== undefined) return this.#closeAgain(this.#notified, ended);
			if (!isBeingClosed()) return close.call(server, ended);
			const effect = "it waits for the requests in flight. lastcall closes this server itself; remove the call";
			if (!isCut() && !this.#isReleased) warnAbout("close", waits, effect);
			if (typeof ended === "function") server.once("close", ended);
			return server;
		};
		const disposes = (): Promise<void> =>
			new Promise((resolve, reject) => {
				server.close((error) => (error === undefined ? resolve() : reject(error)));
			});
		this.#removesClose.push(shadowMethod(server, "close", waits), shadowMethod(server, Symbol.asyncDispose, disposes));
	}

	/** The listeners that have got the `close` of the drain do not get another one. */
	#closeAgain(notified: WeakSet<object>, ended: (() => void) | undefined): Server {
		const { server, close } = this.#guarded;
		if (server.listening) {
			this.forget();
			return close.call(server, ended);
		}
		if (typeof ended === "function") server.once("close", ended);
		process.nextTick(() => {
			for (const listener of server.rawListeners("close")) {
				if (notified.has(listener)) continue;
				notified.add(listener);
				listener.call(server);
			}
		});
		return server;
	}
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

function guardCloseIdle(server: Methods, warnAbout: WarnAbout): () => void {
	const ignores = (): void => {
		const effect = "it is ignored. lastcall ends idle connections itself; remove the call";
		warnAbout("closeIdleConnections", ignores, effect);
	};
	return shadowMethod(server, "closeIdleConnections", ignores);
}

function guardCloseAll(server: Methods, warnAbout: WarnAbout): () => void {
	const { closeAllConnections: own } = server;
	const warns = (): void => {
		const effect = "requests in flight are lost. lastcall ends what is left at the deadline; remove the call";
		warnAbout("closeAllConnections", warns, effect);
		if (typeof own === "function") own.call(server);
	};
	return shadowMethod(server, "closeAllConnections", warns);
}
