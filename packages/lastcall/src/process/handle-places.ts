import { debuglog } from "node:util";

/** Something that may hold the event loop, as Node.js tells of it when it is made. */
interface Made {
	/** In capitals: `async_hooks` and `getActiveResourcesInfo()` write the same names differently. */
	readonly type: string;
	readonly place: string | undefined;
	readonly handle: WeakRef<{ hasRef?: () => boolean }>;
}

/** So many calls are looked through for one of the program's. */
const DEPTH = 30;

/** Where our own files are: whoever has called us is meant. */
const OURS = new URL("../", import.meta.url).href;

/** `undefined` unless somebody has asked: every object that Node.js makes would cost a stack trace. */
const made: Map<number, Made> | undefined = debuglog("lastcall").enabled ? new Map() : undefined;
if (made !== undefined) watch(made);

/**
 * The same names with the places that made what they stand for, as far as they are known: `Timeout at /app/beat.js:3:1`. Only
 * with `NODE_DEBUG=lastcall` in the environment, and only of what was made when this library had been loaded.
 */
export function withPlaces(names: readonly string[]): readonly string[] {
	if (made === undefined) return names;
	const holding = [...made.values()].filter(({ handle }) => handle.deref()?.hasRef?.() !== false);
	return names.map((name) => {
		const at = holding.findLastIndex(({ type, place }) => type === typeOf(name) && place !== undefined);
		const [one] = at < 0 ? [] : holding.splice(at, 1);
		return one === undefined ? name : `${name} at ${one.place}`;
	});
}

function watch(all: Map<number, Made>): void {
	const { createHook, executionAsyncId } = process.getBuiltinModule("node:async_hooks");
	createHook({
		init(id, type, trigger, handle) {
			if (type === "PROMISE") return;
			// What is made on behalf of something, such as a socket after a lookup, is made where that was.
			const place = placeIn(stackHere()) ?? all.get(trigger)?.place ?? all.get(executionAsyncId())?.place;
			all.set(id, { type: type.toUpperCase(), place, handle: new WeakRef(handle) });
		},
		destroy: (id) => void all.delete(id),
	}).enable();
}

function stackHere(): string {
	const { stackTraceLimit } = Error;
	Error.stackTraceLimit = DEPTH;
	const { stack = "" } = new Error("made here");
	Error.stackTraceLimit = stackTraceLimit;
	return stack;
}

/** The first call that is neither Node's nor ours; with the first of the program's own, where that is a dependency's. */
function placeIn(stack: string): string | undefined {
	const places = stack.split("\n").flatMap((line) => {
		const [, place] = /^ +at (?:.*\()?((?:file:\/\/|\/|[a-z]:\\).*?:\d+:\d+)\)?$/i.exec(line) ?? [];
		return place === undefined || place.startsWith(OURS) ? [] : [place.replace(/^file:\/\//, "")];
	});
	const isOwn = (place: string): boolean => !/[\\/]node_modules[\\/]/.test(place);
	const [first] = places;
	const own = places.find(isOwn);
	return first === undefined || own === undefined || own === first ? first : `${first} from ${own}`;
}

function typeOf(name: string): string {
	return name.toUpperCase().replace(/^TCPSOCKETWRAP$/, "TCPWRAP");
}
