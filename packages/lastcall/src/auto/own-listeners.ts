import { isOurs, markOurs } from "../process/signals.ts";

/** As Node.js keeps it: one that is called once is a function with the program's own in `listener`. */
interface Listener {
	(...args: unknown[]): unknown;
	readonly listener?: unknown;
}

/** Returns true if something else than lastcall listens for this event of the process. */
export function hasOwnListeners(event: string): boolean {
	return process.listeners(event as NodeJS.Signals).some((listener) => !isOurs(listener));
}

/**
 * Calls the listeners of a signal that `process.listeners()` does not show. They are no listeners of the program: `tsx` tells its parent by
 * one that the signal has come, and the parent kills a program that stays silent for 30 ms.
 */
export function callHiddenListeners(signal: string, args: readonly unknown[]): void {
	const shown = new Set<unknown>(process.listeners(signal as NodeJS.Signals));
	for (const raw of process.rawListeners(signal as NodeJS.Signals) as Listener[]) {
		if (!shown.has(raw.listener ?? raw)) Reflect.apply(raw, process, [...args]);
	}
}

/**
 * Listens for signals in the place of a program that does not, so that Node.js does not let them end the process. The listener does
 * nothing while signals are held: what a signal does is decided before its listeners are called. It is there only while the program has
 * none: libraries count the listeners.
 */
export class Placeholders {
	readonly #signals: readonly NodeJS.Signals[];
	readonly #listener: (signal: NodeJS.Signals) => void = markOurs((signal) => this.#received(signal));
	#isAside = false;
	#isRemoved = false;

	constructor(signals: readonly NodeJS.Signals[]) {
		this.#signals = signals;
		process.on("removeListener", this.#changed);
		process.on("newListener", this.#changes);
		for (const signal of signals) this.#update(signal);
	}

	/**
	 * From now on the signals do what they do without lastcall: one that nothing else listens for ends the process. The listeners that
	 * are there do that: a signal may have come that the event loop has not seen yet, and without a listener it would do nothing.
	 */
	stepAside(): void {
		this.#isAside = true;
	}

	/** From now on something else listens for the signals, or none of them has come. */
	remove(): void {
		this.#isRemoved = true;
		process.removeListener("removeListener", this.#changed);
		process.removeListener("newListener", this.#changes);
		for (const signal of this.#signals) process.removeListener(signal, this.#listener);
	}

	#received(signal: NodeJS.Signals): void {
		if (!this.#isAside) return;
		this.remove();
		process.kill(process.pid, signal);
	}

	/** At once: a signal may come in the next turn. */
	readonly #changed = (event: string | symbol): void => {
		const signal = this.#signals.find((signal) => signal === event);
		if (signal !== undefined) this.#update(signal);
	};

	/** Node.js emits `newListener` before it adds the listener. */
	readonly #changes = (event: string | symbol): void => queueMicrotask(() => this.#changed(event));

	#update(signal: NodeJS.Signals): void {
		if (this.#isRemoved) return;
		const isThere = process.listeners(signal).includes(this.#listener);
		if (hasOwnListeners(signal)) process.removeListener(signal, this.#listener);
		else if (!isThere && !this.#isAside) process.on(signal, this.#listener);
	}
}
