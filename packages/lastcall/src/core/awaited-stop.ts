import { type Caller, listCallers } from "./caller.ts";
import { tryGet } from "./try-get.ts";

/** How many calls are looked at: a deep stack may be between `service.stop()` and the work that calls it. */
const MOST_FRAMES = 100;

/** The name of the function that hands a request to its handler. The service is not known there. */
export const HANDLER_FRAME = 'lastcall[""]';

/** Matches the name of a function that runs work of a service: the number of the service, and what the shutdown waits for. */
const FRAME = /\blastcall(\d*)\[("(?:[^"\\]|\\.)*")\]/;

/** Undocumented: the functions of Node.js that emit `request` and `stream`. A server emits other events too. */
const REQUEST = /\b(parserOnIncoming|sessionOnStream|onServerStream)\b/;

const numbers = new WeakMap<object, number>();
let lastNumber = 0;

/** Where `service.stop()` was called. */
export interface StopCall {
	/** `main`, `task "outbox"`; an empty string for a request handler. */
	readonly within: string;
	/** `/app/server.js:12:3` */
	readonly place: string;
}

/**
 * Returns the name of an `async` function that runs work of the program. `findStopCall` finds the work by this name on the stack, also
 * after an `await`: the stack of V8 has the functions that await the current one.
 *
 * A name costs nothing at each request. `AsyncLocalStorage` would make every promise of the program slower before Node.js 24.
 * @param tasks those of the service
 * @param within the work, in words: `task "outbox"`
 */
export function nameFrame(tasks: object, within: string): string {
	return `lastcall${numberOf(tasks)}[${JSON.stringify(within)}]`;
}

/** Calls `work` in this turn, in a function with that name, and resolves to what it returns. */
export async function runWithin<T>(tasks: object, within: string, work: () => T): Promise<Awaited<T>> {
	const frame = nameFrame(tasks, within);
	const named = {
		async [frame](): Promise<Awaited<T>> {
			return await work();
		},
	};
	return await (named[frame] as () => Promise<Awaited<T>>)();
}

/** Finds the work of the service with these tasks in which `called` was called, if there is one. */
export function findStopCall(tasks: object, called: (...args: never[]) => unknown): StopCall | undefined {
	const callers = listManyCallers(called);
	for (const [at, { frame }] of callers.entries()) {
		const [, number, within = '""'] = FRAME.exec(frame) ?? [];
		const isOfService =
			number === "" ? REQUEST.test(callers[at + 1]?.frame ?? "") : Number(number) === numbers.get(tasks);
		if (isOfService) return { within: JSON.parse(within) as string, place: callers[0]?.place ?? "" };
	}
	return undefined;
}

/**
 * Returns a promise that settles like `promise`. Calls `onAwait` once, when it is awaited, or returned by an `async` function. A call of
 * its `then` by the program does not count: the program may go on without waiting.
 */
export function seeAwait<T>(promise: Promise<T>, onAwait: () => void): Promise<T> {
	const seen = new SeenPromise<T>((resolve) => resolve(promise));
	seen.onAwait = onAwait;
	return seen;
}

/**
 * The trick: `await` calls `then` of a promise that is not exactly a `Promise`, in a turn of its own. No code of the program is on the
 * stack then.
 */
class SeenPromise<T> extends Promise<T> {
	onAwait: (() => void) | undefined;

	/** What `then` returns is an ordinary promise. */
	static override get [Symbol.species](): PromiseConstructor {
		return Promise;
	}

	// biome-ignore lint/suspicious/noThenProperty: see above
	override then<A = T, B = never>(
		onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
		onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
	): Promise<A | B> {
		const { onAwait } = this;
		if (onAwait !== undefined && !isCalledByProgram(SeenPromise.prototype.then)) {
			this.onAwait = undefined;
			onAwait();
		}
		return super.then(onFulfilled, onRejected);
	}
}

/** From V8 14 on (Node.js 26), the stack of an `await` has the functions that await, too. */
function isCalledByProgram(called: (...args: never[]) => unknown): boolean {
	return listCallers(called).some(({ frame, place }) => !frame.startsWith("async ") && !place.startsWith("node:"));
}

function numberOf(tasks: object): number {
	let number = numbers.get(tasks);
	if (number === undefined) {
		number = ++lastNumber;
		numbers.set(tasks, number);
	}
	return number;
}

function listManyCallers(called: (...args: never[]) => unknown): Caller[] {
	const limit = Error.stackTraceLimit;
	// The program may have frozen `Error`.
	tryGet(() => {
		Error.stackTraceLimit = MOST_FRAMES;
	});
	const callers = listCallers(called);
	tryGet(() => {
		Error.stackTraceLimit = limit;
	});
	return callers;
}
