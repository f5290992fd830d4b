import { findCaller } from "../core/caller.ts";
import type { Warning } from "../core/warning.ts";
import { listenerWarning, type NamedListener } from "./listener-warning.ts";
import { isOurs } from "./signals.ts";

type Listener = (...args: never[]) => unknown;

const REJECTION = "unhandledRejection";

/** Matches the source of a function that ends the process. */
const ENDS = /\bprocess\s*\.\s*(exit|reallyExit|abort)\s*\(|\bprocess\s*\.\s*kill\s*\(\s*process\s*\.\s*pid\b/;

/** Matches the source of a listener that turns a rejection into an exception, which stops the service. */
const THROWS = /\bthrow\b/;

/** Matches the source of a listener that counts the listeners first (signal-exit). It does nothing while ours is there. */
const LOOKS = /\blistener(s|Count)\s*\(/;

/** The most characters of a listener's source that a warning shows. */
const LONGEST_EXCERPT = 60;

/** The program's own listeners for stop signals and for unhandled rejections. */
export class ForeignListeners {
	readonly #events: readonly (string | symbol)[];
	/** Where listeners were added after this object was created. The stack of the call has the place. */
	readonly #places = new WeakMap<Listener, string>();
	/** What was warned of. Many listeners may come from one place, such as one for each browser that is launched. */
	readonly #known = new Set<string>();
	#warn: ((warning: Warning) => void) | undefined;
	#isDue = false;

	/** @param stopSignals the signals that stop the service */
	constructor(stopSignals: readonly string[]) {
		this.#events = [...stopSignals, REJECTION];
		process.on("newListener", this.#added);
	}

	/** Warns of the listeners that are there, and of those that are added later. One warning names all of one kind that come at once. */
	warnOf(warn: (warning: Warning) => void): void {
		this.#warn = warn;
		this.#look();
	}

	leave(): void {
		this.#warn = undefined;
		process.removeListener("newListener", this.#added);
	}

	readonly #added = (event: string | symbol, listener: Listener): void => {
		if (!this.#events.includes(event) || isOurs(listener)) return;
		// Without the column.
		const place = findCaller(this.#added)?.place.replace(/:\d+$/, "");
		if (place !== undefined) this.#places.set(listener, place);
		if (this.#isDue) return;
		this.#isDue = true;
		// Node.js emits `newListener` before it adds the listener.
		setImmediate(this.#look);
	};

	readonly #look = (): void => {
		this.#isDue = false;
		const fresh = this.#warn === undefined ? [] : this.#found().filter((one) => !this.#known.has(listenerKey(one)));
		for (const one of fresh) this.#known.add(listenerKey(one));
		for (const kind of ["ends", "runs", "handles rejections"] as const) {
			const those = fresh.filter((one) => one.kind === kind);
			if (those.length > 0) this.#warn?.(listenerWarning(kind, those));
		}
	};

	#found(): NamedListener[] {
		const isThrown = process.listeners(REJECTION).some((listener) => THROWS.test(readSource(listener)));
		const eventsOf = new Map<Listener, string[]>();
		for (const event of this.#events as string[]) {
			for (const listener of process.listeners(event as NodeJS.Signals) as Listener[]) {
				if (isOurs(listener) || LOOKS.test(readSource(listener)) || (event === REJECTION && isThrown)) continue;
				eventsOf.set(listener, [...(eventsOf.get(listener) ?? []), event]);
			}
		}
		return [...eventsOf].map(([listener, events]) => {
			const place = this.#places.get(listener);
			const isOfSignal = events.some((event) => event !== REJECTION);
			return {
				kind: !isOfSignal ? "handles rejections" : ENDS.test(readSource(listener)) ? "ends" : "runs",
				name: place === undefined ? excerpt(listener) : `${listener.name || "a function"} at ${place}`,
				events,
			};
		});
	}
}

function listenerKey({ name, events }: NamedListener): string {
	return `${name} ${events.join()}`;
}

function readSource(listener: Listener): string {
	return Function.prototype.toString.call(listener);
}

/** The beginning of a listener's source. It was added before `run` was called, and only a debugger could tell its place. */
function excerpt(listener: Listener): string {
	const source = readSource(listener).replace(/\s+/g, " ");
	// A bound function: its name is `bound` and that of the function.
	if (source.endsWith("{ [native code] }")) return listener.name || source;
	return source.length > LONGEST_EXCERPT ? `${source.slice(0, LONGEST_EXCERPT)}…` : source;
}
