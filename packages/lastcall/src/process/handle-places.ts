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

/** Matches this file as it is compiled and as it is published, after the folder of all files of lastcall. */
const THIS_FILE = /(?<=[\\/])(?:process[\\/]handle-places\.js|lastcall\.cjs):\d+:\d+$/;

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
	const ours = findOwnPlaces();
	createHook({
		init(id, type, trigger, handle) {
			if (type === "PROMISE") return;
			// A handle that another one has caused, such as a socket after a lookup, has the place of that one.
			const place = findPlace(captureStack(), ours) ?? all.get(trigger)?.place ?? all.get(executionAsyncId())?.place;
			all.set(id, { type: type.toUpperCase(), place, handle: new WeakRef(handle) });
		},
		destroy: (id) => void all.delete(id),
	}).enable();
}

function captureStack(): string {
	const { stackTraceLimit } = Error;
	Error.stackTraceLimit = DEPTH;
	const { stack } = new Error("made here");
	Error.stackTraceLimit = stackTraceLimit;
	// The program may have an `Error.prepareStackTrace` that returns something else.
	return String(stack);
}

/**
 * Returns how the places in lastcall's own files begin. Their frames are skipped, as the caller of lastcall is wanted. If a bundler has put
 * lastcall and the program into one file, that is this file: only source maps tell the two apart.
 */
function findOwnPlaces(): string {
	const [place = ""] = listPlaces(captureStack());
	return place.replace(THIS_FILE.test(place) ? THIS_FILE : /(?<=:)\d+:\d+$/, "");
}

/**
 * Returns the first call that is neither Node.js's nor lastcall's. If a dependency made it, the first call of the program's own code
 * follows.
 * @param ours how the places in lastcall's own files begin
 */
function findPlace(stack: string, ours: string): string | undefined {
	const places = listPlaces(stack).filter((place) => !place.startsWith(ours));
	const isOwn = (place: string): boolean => !/[\\/]node_modules[\\/]/.test(place);
	const [first] = places;
	const own = places.find(isOwn);
	return first === undefined || own === undefined || own === first ? first : `${first} from ${own}`;
}

/** Lists the calls that are not in Node.js's own code. */
function listPlaces(stack: string): string[] {
	return stack.split("\n").flatMap((line) => {
		const [, place] = /^ +at (?:.*\()?(?:file:\/\/)?((?:\/|[a-z]:\\).*?:\d+:\d+)\)?$/i.exec(line) ?? [];
		return place === undefined ? [] : [place];
	});
}

function toType(name: string): string {
	return name.toUpperCase().replace(/^TCPSOCKETWRAP$/, "TCPWRAP");
}
