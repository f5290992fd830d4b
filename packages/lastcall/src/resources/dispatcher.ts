import type { Resource } from "../core/resource.ts";

/** The part of a dispatcher of undici that is needed: an `Agent`, a `Pool`, a `Client`, a `ProxyAgent`, … */
export interface DispatcherLike {
	readonly dispatch: (...args: never[]) => unknown;
	/** Refuses new requests. Resolves when those in flight have ended. */
	readonly close: () => Promise<void>;
	/** Ends them now. */
	readonly destroy: () => Promise<void>;
	readonly destroyed?: boolean;
}

export function isDispatcher(thing: unknown): thing is DispatcherLike {
	const { dispatch, close, destroy } = (thing ?? {}) as Partial<DispatcherLike>;
	return [dispatch, close, destroy].every((method) => typeof method === "function");
}

/**
 * A dispatcher closes gracefully by itself, but not while a request does not end. An `Agent` forgets what it is closing: at the
 * hard stop its requests end with the process, those of a `Pool` or a `Client` at once.
 */
export class Dispatcher implements Resource {
	readonly #dispatcher: DispatcherLike;
	#isCut = false;

	constructor(dispatcher: DispatcherLike) {
		this.#dispatcher = dispatcher;
	}

	async close(): Promise<void> {
		if (this.#dispatcher.destroyed === true) return;
		try {
			await this.#dispatcher.close();
		} catch (error) {
			if (!this.#isCut) throw error;
		}
	}

	cut(): void {
		this.#isCut = true;
		this.#dispatcher.destroy().catch(() => {});
	}
}
