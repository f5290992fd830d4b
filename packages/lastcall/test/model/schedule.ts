import fc from "fast-check";
import { DEEDS, type Deed } from "./clients.ts";
import { PATHS, type Path } from "./paths.ts";
import { type FreezeIn, LINGER_MS } from "./stepped.ts";

/** One move of the scheduler. Between two moves the server is frozen and the kernel is not. */
export type Move =
	| { readonly move: "connect" }
	| { readonly move: "begin"; readonly client: number; readonly path: Path }
	| { readonly move: "send"; readonly client: number; readonly path: Path; readonly half: boolean }
	| { readonly move: Deed; readonly client: number }
	/** Real time passes for the frozen server; its timers are all late afterwards. */
	| { readonly move: "wait"; readonly ms: number }
	| { readonly move: "turns"; readonly turns: number; readonly freezeIn: FreezeIn }
	| { readonly move: "finish" | "stop" | "stopNow"; readonly turns: number };

/** The moves of one run, in order. */
export type Schedule = readonly Move[];

const client = fc.nat(3);
const path = fc.constantFrom(...PATHS.filter((p) => p !== "/hang"));
// A few turns leave something unfinished; 60 turns of at least a millisecond each get past emptying the accept queue.
const turns = fc.oneof({ weight: 4, arbitrary: fc.nat(6) }, { weight: 1, arbitrary: fc.constant(60) });
const connect = fc.constant<Move>({ move: "connect" });

function withTurns<Name extends "finish" | "stop" | "stopNow">(move: Name): fc.Arbitrary<Move> {
	return fc.record({ move: fc.constant(move), turns });
}

function deed(...deeds: Deed[]): fc.Arbitrary<Move> {
	return fc.record({ move: fc.constantFrom(...deeds), client });
}

const hang = fc.record({
	move: fc.constant("send" as const),
	client,
	path: fc.constant("/hang" as const),
	half: fc.constant(false),
});

const move: fc.Arbitrary<Move> = fc.oneof(
	{ weight: 4, arbitrary: connect },
	{ weight: 4, arbitrary: fc.record({ move: fc.constant("begin" as const), client, path }) },
	{ weight: 16, arbitrary: fc.record({ move: fc.constant("send" as const), client, path, half: fc.boolean() }) },
	{ weight: 9, arbitrary: deed(...DEEDS.filter((d) => d !== "halfClose" && d !== "reset")) },
	{ weight: 2, arbitrary: deed("halfClose", "reset") },
	{
		weight: 6,
		arbitrary: fc.record({ move: fc.constant("wait" as const), ms: fc.constantFrom(45, LINGER_MS + 10) }),
	},
	// Like a handler that blocks for long, or a process that gets no CPU time.
	{ weight: 1, arbitrary: fc.constant<Move>({ move: "wait", ms: 300 }) },
	{
		weight: 6,
		arbitrary: fc.record({
			move: fc.constant("turns" as const),
			turns,
			freezeIn: fc.constantFrom("timers" as const, "check" as const),
		}),
	},
	{ weight: 6, arbitrary: withTurns("finish") },
	{ weight: 1, arbitrary: withTurns("stop") },
);

function seldom(times: number, arbitrary: fc.Arbitrary<Move>): fc.Arbitrary<Move[]> {
	const never = fc.constant<Move[]>([]);
	return fc.oneof({ weight: times - 1, arbitrary: never }, { weight: 1, arbitrary: fc.tuple(arbitrary) });
}

/** Any order of moves around one stop, with connections to move and, seldom, a request that hangs, or a hard stop. */
export const schedules: fc.Arbitrary<Schedule> = fc
	.tuple(
		fc.array(connect, { maxLength: 4 }),
		fc.array(move, { maxLength: 12 }),
		seldom(10, hang),
		withTurns("stop"),
		fc.array(move, { maxLength: 12 }),
		seldom(20, withTurns("stopNow")),
		fc.array(move, { maxLength: 3 }),
	)
	.map(([first, before, hanging, stop, after, hardStop, last]) => [
		...first,
		...before,
		...hanging,
		stop,
		...after,
		...hardStop,
		...last,
	]);
