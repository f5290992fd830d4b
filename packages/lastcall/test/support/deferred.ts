/** A promise that a test settles. (`Promise.withResolvers` is missing on Node 20.) */
export class Deferred<T = void> {
	readonly promise: Promise<T>;
	resolve!: (value: T) => void;
	reject!: (error: unknown) => void;

	constructor() {
		this.promise = new Promise((resolve, reject) => {
			this.resolve = resolve;
			this.reject = reject;
		});
	}
}

/** A promise that never settles. */
export function hang(): Promise<never> {
	return new Promise(() => {});
}

/** Calls back after a number of microtasks; with 0, at once. */
export function afterMicrotasks(turns: number, callback: () => void): void {
	if (turns === 0) callback();
	else queueMicrotask(() => afterMicrotasks(turns - 1, callback));
}
