import type { Server } from "node:net";
import { shadowMethod } from "../core/shadow-method.ts";

type Listener = (...args: unknown[]) => void;
type Close = (callback?: (error?: Error) => void) => Server;

/**
 * Keeps the `close` events of drained servers from the program. Without lastcall its servers listen until it closes them itself, and their
 * `close` does not come before that: a program may exit at it, before it has got its signal.
 */
export class HeldCloses {
	/** What gives the listeners of each server back. */
	readonly #held = new Map<Server, () => void>();

	/** Takes the listeners off. The shutdown has just begun. */
	hold(servers: Iterable<Server>): void {
		for (const server of servers) {
			if (!this.#held.has(server)) this.#held.set(server, takeListeners(server));
		}
	}

	/** From now on the program may close its servers: they get `close` then. */
	giveBack(): void {
		for (const giveBack of this.#held.values()) giveBack();
		this.#held.clear();
	}
}

function takeListeners(server: Server): () => void {
	const listeners = server.rawListeners("close") as Listener[];
	for (const listener of listeners) server.removeListener("close", listener);
	const close = server.close.bind(server);
	const giveBack = (): void => {
		for (const listener of listeners.splice(0)) server.on("close", listener);
		restore();
	};
	// The program closes it in the middle of the drain, and may wait for its `close`.
	const shadow: Close = (callback) => {
		giveBack();
		return close(callback);
	};
	const restore = shadowMethod(server, "close", shadow);
	return giveBack;
}
