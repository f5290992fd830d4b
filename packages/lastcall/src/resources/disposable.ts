import type { Resource } from "../core/resource.ts";

export function isDisposable(thing: unknown): thing is AsyncDisposable | Disposable {
	return typeof findDispose(thing) === "function";
}

/** Anything with a method that closes it. Timers have one: the `Symbol.dispose` of an interval clears it. */
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
