import type { Resource } from "../core/resource.ts";

export function isDisposable(thing: unknown): thing is AsyncDisposable | Disposable {
	return typeof findDispose(thing) === "function";
}

/** Anything that says itself how it is closed. So do timers: `clearInterval` is the `Symbol.dispose` of one. */
export class DisposableResource implements Resource {
	readonly #thing: unknown;

	constructor(thing: AsyncDisposable | Disposable) {
		this.#thing = thing;
	}

	close(): unknown {
		return findDispose(this.#thing)?.call(this.#thing);
	}
}

function findDispose(thing: unknown): (() => unknown) | undefined {
	const { [Symbol.asyncDispose]: asyncDispose, [Symbol.dispose]: dispose } = (thing ?? {}) as Partial<
		AsyncDisposable & Disposable
	>;
	return asyncDispose ?? dispose;
}
