import type { Resource } from "../core/resource.ts";

/** A dispatcher of undici, as far as it is needed: an `Agent`, a `Pool`, a `Client`, a `ProxyAgent`, … */
export interface DispatcherLike {
	readonly dispatch: (...args: never[]) => unknown;
	/** Refuses new requests and resolves when those under way have ended. */
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
 * It knows how to close itself gracefully, and never ends where a request doesn't. An `Agent` forgets what it closes: at the
 * hard stop its requests end with the process, those of a `Pool` or a `Client` at once.
 */
export class Dispatcher implements Resource {
	readonly #dispatcher: DispatcherLike;

	#isDropped = false;

	constructor(dispatcher: DispatcherLike) {
		this.#dispatcher = dispatcher;
	}

	async close(): Promise<void> {
		if (this.#dispatcher.destroyed === true) return;
		try {
			await this.#dispatcher.close();
		} catch (error) {
			if (!this.#isDropped) throw error;
		}
	}

	cut(): void {
		this.#isDropped = true;
		this.#dispatcher.destroy().catch(() => {});
	}
}
