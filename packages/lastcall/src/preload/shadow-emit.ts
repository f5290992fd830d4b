/** Returns true if the listeners of the process must not get this event now. `deliver` gives it to them later. */
export type Hold = (event: string, args: readonly unknown[], deliver: () => void) => boolean;

type Emit = (this: unknown, event: string | symbol, ...args: unknown[]) => boolean;

/**
 * Shadows `process.emit`, so that an event can be held back from all listeners, of the program and of its libraries, in whatever order they were added.
 *
 * Node.js emits a signal by the `emit` that the process has when the first listener for that signal is added (`startListeningIfSignal`
 * in `lib/internal/process/signal.js`). Where another preload has added one before, its listeners are added again.
 */
export function shadowEmit(signals: readonly NodeJS.Signals[], hold: Hold): void {
	const own = process.emit as Emit;
	const value: Emit = function (this: unknown, event, ...args) {
		const deliver = (): void => void Reflect.apply(own, this, [event, ...args]);
		if (typeof event === "string" && hold(event, args, deliver)) return true;
		return Reflect.apply(own, this, [event, ...args]);
	};
	Object.defineProperty(process, "emit", { value, configurable: true, writable: true, enumerable: false });
	for (const signal of signals) addAgain(signal);
}

function addAgain(signal: NodeJS.Signals): void {
	const listeners = process.rawListeners(signal) as ((...args: unknown[]) => void)[];
	if (listeners.length === 0) return;
	process.removeAllListeners(signal);
	// One that is called once is given as a function that has the program's own in `listener`.
	for (const raw of listeners) {
		const { listener } = raw as { listener?: (...args: unknown[]) => void };
		if (listener === undefined) process.on(signal, raw);
		else process.once(signal, listener);
	}
}
