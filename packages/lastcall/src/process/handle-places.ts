import { debuglog } from "node:util";

/** A handle of Node.js, with the place that made it. */
interface MadeHandle {
	/** In capitals: `async_hooks` and `getActiveResourcesInfo()` write some names differently. */
	readonly type: string;
	readonly place: string | undefined;
	readonly handle: WeakRef<{ hasRef?: () => boolean }>;
}

/** How many stack frames are searched for one of the program. */
const DEPTH = 30;

/** The folder of lastcall's own files. Their frames are skipped, as the caller of lastcall is wanted. */
const OURS = new URL("../", import.meta.url).href;

/** `undefined` without `NODE_DEBUG=lastcall`: every object that Node.js makes would cost a stack trace. */
const made: Map<number, MadeHandle> | undefined = debuglog("lastcall").enabled ? new Map() : undefined;
if (made !== undefined) watch(made);

/**
 * Returns the names with the places that made the handles: `Timeout at /app/beat.js:3:1`. Places are known only with
 * `NODE_DEBUG=lastcall` in the environment, and only for handles that were made after this library was loaded.
 */
export function withPlaces(names: readonly string[]): readonly string[] {
	if (made === undefined) return names;
	const holding = [...made.values()].filter(({ handle }) => handle.deref()?.hasRef?.() !== false);
	return names.map((name) => {
		const at = holding.findLastIndex(({ type, place }) => type === toType(name) && place !== undefined);
		const [one] = at < 0 ? [] : holding.splice(at, 1);
		return one === undefined ? name : `${name} at ${one.place}`;
	});
}

function watch(all: Map<number, MadeHandle>): void {
	const { createHook, executionAsyncId } = process.getBuiltinModule("node:async_hooks");
	createHook({
		init(id, type, trigger, handle) {
			if (type === "PROMISE") return;
			// A handle that another one has caused, such as a socket after a lookup, has the place of that one.
			const place = findPlace(captureStack()) ?? all.get(trigger)?.place ?? all.get(executionAsyncId())?.place;
			all.set(id, { type: type.toUpperCase(), place, handle: new WeakRef(handle) });
		},
		destroy: (id) => void all.delete(id),
	}).enable();
}

function captureStack(): string {
	const { stackTraceLimit } = Error;
	Error.stackTraceLimit = DEPTH;
	const { stack = "" } = new Error("made here");
	Error.stackTraceLimit = stackTraceLimit;
	return stack;
}

/**
 * Returns the first call that is neither Node.js's nor lastcall's. If a dependency made it, the first call of the program's own code
 * follows.
 */
function findPlace(stack: string): string | undefined {
	const places = stack.split("\n").flatMap((line) => {
		const [, place] = /^ +at (?:.*\()?((?:file:\/\/|\/|[a-z]:\\).*?:\d+:\d+)\)?$/i.exec(line) ?? [];
		return place === undefined || place.startsWith(OURS) ? [] : [place.replace(/^file:\/\//, "")];
	});
	const isOwn = (place: string): boolean => !/[\\/]node_modules[\\/]/.test(place);
	const [first] = places;
	const own = places.find(isOwn);
	return first === undefined || own === undefined || own === first ? first : `${first} from ${own}`;
}

function toType(name: string): string {
	return name.toUpperCase().replace(/^TCPSOCKETWRAP$/, "TCPWRAP");
}
