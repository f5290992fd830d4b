import { STOP_SIGNALS } from "../core/stop-signal.ts";
import type { Warning } from "../core/warning.ts";
import { callerOf } from "./caller.ts";
import { locationsOf } from "./function-location.ts";
import { listenerWarning, type NamedListener } from "./listener-warning.ts";
import { isOurs } from "./signals.ts";

type Listener = (...args: never[]) => unknown;

const REJECTION = "unhandledRejection";
const EVENTS: readonly (string | symbol)[] = [...STOP_SIGNALS, REJECTION];

/** Node.js's own functions that add a listener. */
const ADDS = /^at (process\.)?(_?addListener|on|once|prepend\w+)\b.*node:/;

/** The source of a function that ends the process. */
const ENDS = /\bprocess\s*\.\s*(exit|reallyExit|abort)\s*\(|\bprocess\s*\.\s*kill\s*\(\s*process\s*\.\s*pid\b/;

/** The source of one that makes an exception of a rejection: then that stops the service. */
const THROWS = /\bthrow\b/;

/** One that looks whether it is alone first (signal-exit) does nothing beside ours. */
const LOOKS = /\blistener(s|Count)\s*\(/;

/** The listeners of others for stop signals, and for rejections that nobody handled. */
export class ForeignListeners {
	/** Where those that came after this were added: that costs nothing to know. */
	readonly #places = new WeakMap<Listener, string>();
	/** What was warned of: many may come from one place, such as one for each browser that is launched. */
	readonly #known = new Set<string>();
	#warn: ((warning: Warning) => void) | undefined;
	#isDue = false;

	constructor() {
		process.on("newListener", this.#added);
	}

	/** Warns of those that are there, and from now on of each that is added. All of one kind that come at once are in one warning. */
	warnOf(warn: (warning: Warning) => void): void {
		this.#warn = warn;
		this.#look();
	}

	leave(): void {
		this.#warn = undefined;
		process.removeListener("newListener", this.#added);
	}

	readonly #added = (event: string | symbol, listener: Listener): void => {
		if (!EVENTS.includes(event) || isOurs(listener)) return;
		const [, place] = /(?:\(|at (?:async )?)([^(]+:\d+):\d+\)?$/.exec(callerOf(ADDS) ?? "") ?? [];
		if (place !== undefined) this.#places.set(listener, place);
		if (this.#isDue) return;
		this.#isDue = true;
		// This is called before it is there.
		setImmediate(this.#look);
	};

	readonly #look = (): void => {
		this.#isDue = false;
		const fresh = this.#warn === undefined ? [] : this.#found().filter((one) => !this.#known.has(keyOf(one)));
		for (const one of fresh) this.#known.add(keyOf(one));
		for (const kind of ["ends", "runs", "hears rejections"] as const) {
			const those = fresh.filter((one) => one.kind === kind);
			if (those.length > 0) this.#warn?.(listenerWarning(kind, those));
		}
	};

	#found(): NamedListener[] {
		const isThrown = process.listeners(REJECTION).some((listener) => THROWS.test(sourceOf(listener)));
		const eventsOf = new Map<Listener, string[]>();
		for (const event of EVENTS as string[]) {
			for (const listener of process.listeners(event as NodeJS.Signals) as Listener[]) {
				if (isOurs(listener) || LOOKS.test(sourceOf(listener)) || (event === REJECTION && isThrown)) continue;
				eventsOf.set(listener, [...(eventsOf.get(listener) ?? []), event]);
			}
		}
		const listeners = [...eventsOf.keys()];
		// The debugger is worth its time only for those that do the most harm.
		const unplaced = listeners.filter((one) => !this.#places.has(one));
		const located = unplaced.some(ends) ? locationsOf(unplaced) : [];
		return [...eventsOf].map(([listener, events]) => {
			const place = this.#places.get(listener) ?? located[unplaced.indexOf(listener)];
			const isOfSignal = events.some((event) => event !== REJECTION);
			return {
				kind: !isOfSignal ? "hears rejections" : ends(listener) ? "ends" : "runs",
				who: place === undefined ? excerptOf(listener) : `${listener.name || "a function"} at ${place}`,
				events,
			};
		});
	}
}

function keyOf({ who, events }: NamedListener): string {
	return `${who} ${events.join()}`;
}

function ends(listener: Listener): boolean {
	return ENDS.test(sourceOf(listener));
}

function sourceOf(listener: Listener): string {
	return Function.prototype.toString.call(listener);
}

/** The beginning of its source, which tells it where its place isn't known. */
function excerptOf(listener: Listener): string {
	const source = sourceOf(listener).replace(/\s+/g, " ");
	return source.length > 60 ? `${source.slice(0, 60)}…` : source;
}
