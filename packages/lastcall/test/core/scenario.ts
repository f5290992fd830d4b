import fc from "fast-check";
import type { TimeOptions } from "lastcall";

/** How something ends. Times are fractions of the grace period, so that they often coincide with its own instants. */
export type End =
	| { readonly kind: "returns" | "throws" | "hangs" }
	/** A task that rejects with the drain signal's reason. */
	| { readonly kind: "obeys" }
	| { readonly kind: "resolves" | "rejects"; readonly after: number };

/** A closer, a task or `main`: how it ends, and what it adds to the service some time after it began. */
export interface Step {
	readonly end: End;
	readonly adds: readonly Addition[];
}

export interface Addition {
	readonly after: number;
	readonly what: "closer" | "task";
	/** True if it is registered with the service, false if with the group of the part that adds it. */
	readonly outside: boolean;
	readonly step: Step;
}

/** What is started before the stop, or is being started then. */
export type Part =
	| { readonly kind: "closer"; readonly step: Step }
	| {
			readonly kind: "group";
			readonly parts: readonly Part[];
			/** How long it takes, once its parts have been begun. */
			readonly takes: number;
			/** True if the next part begins when this one has been started, false if while it is being started. */
			readonly awaited: boolean;
			readonly fails: boolean;
	  };

export interface Scenario {
	readonly times: TimeOptions & { readonly gracePeriodMs: number };
	/** If given, `main` is still running at the stop. */
	readonly main: Step | undefined;
	readonly parts: readonly Part[];
	/** How long the program has been up at the stop. */
	readonly upFor: number;
	readonly servers: readonly { readonly end: End; readonly requests: number }[];
	/** `at`: some time after the stop reason; before it where it is negative. */
	readonly tasks: readonly { readonly at: number; readonly step: Step }[];
	/** What fetches work: when it is registered, like tasks, and how its stop ends. */
	readonly intakes: readonly { readonly at: number; readonly step: Step }[];
	/** Repeated work, with its pause between two runs. */
	readonly repeated: readonly { readonly pause: number; readonly end: End }[];
	/**
	 * Units of work: when they are entered, like tasks, and how long they last; for ever if that isn't given. `next`: the
	 * microtasks after its end at which the program enters another one, which lasts for a moment.
	 */
	readonly units: readonly {
		readonly at: number;
		readonly stays: number | undefined;
		readonly next: number | undefined;
	}[];
	readonly stop: "signal" | "call" | "failure";
	readonly later: readonly { readonly at: number; readonly what: "stop" | "failure" | "second signal" }[];
}

/** Fractions of the grace period up to one and a half; short ones and round ones more often. */
const part = fc.oneof(
	{ weight: 2, arbitrary: fc.constantFrom(0, 0.2, 0.25, 0.5, 0.8, 1) },
	{ weight: 4, arbitrary: fc.integer({ min: 0, max: 20 }).map((percent) => percent / 100) },
	{ weight: 1, arbitrary: fc.integer({ min: 0, max: 150 }).map((percent) => percent / 100) },
);

/** Mostly well, as otherwise no shutdown of many parts would end well. */
const end: fc.Arbitrary<End> = fc.oneof(
	{ weight: 2, arbitrary: fc.constant<End>({ kind: "returns" }) },
	{ weight: 8, arbitrary: fc.record({ kind: fc.constant("resolves" as const), after: part }) },
	{ weight: 1, arbitrary: fc.constantFrom<End>({ kind: "throws" }, { kind: "hangs" }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant("rejects" as const), after: part }) },
);

const taskEnd: fc.Arbitrary<End> = fc.oneof(
	{ weight: 4, arbitrary: end },
	{ weight: 1, arbitrary: fc.constant<End>({ kind: "obeys" }) },
);

function additions(depth: number): fc.Arbitrary<readonly Addition[]> {
	if (depth === 0) return fc.constant([]);
	const addition = <What extends Addition["what"]>(what: What, ends: fc.Arbitrary<End>): fc.Arbitrary<Addition> =>
		fc.record({ after: part, what: fc.constant(what), outside: fc.boolean(), step: step(ends, depth - 1) });
	return fc.oneof(
		{ weight: 3, arbitrary: fc.constant([]) },
		{ weight: 1, arbitrary: fc.array(fc.oneof(addition("closer", end), addition("task", taskEnd)), { maxLength: 2 }) },
	);
}

function step(ends: fc.Arbitrary<End>, depth: number): fc.Arbitrary<Step> {
	return fc.record({ end: ends, adds: additions(depth) });
}

/** Most groups take a moment; some are still being started at the stop. */
const takes = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: part });

function parts(depth: number): fc.Arbitrary<readonly Part[]> {
	const closer = fc.record({ kind: fc.constant("closer" as const), step: step(end, depth) });
	if (depth === 0) return fc.array(closer, { maxLength: 3 });
	const group = fc.record({
		kind: fc.constant("group" as const),
		parts: parts(depth - 1),
		takes,
		awaited: fc.boolean(),
		fails: fc.nat({ max: 9 }).map((n) => n === 0),
	});
	return fc.array(fc.oneof({ weight: 2, arbitrary: closer }, { weight: 1, arbitrary: group }), { maxLength: 5 });
}

/** Each part at most a third of the grace period, so that they fit. */
const times = fc.integer({ min: 1, max: 60_000 }).chain((gracePeriodMs) => {
	const third = fc.option(fc.integer({ min: 0, max: Math.floor(gracePeriodMs / 3) }), { nil: undefined });
	return fc.record({
		gracePeriodMs: fc.constant(gracePeriodMs),
		lameDuckMs: third,
		lingerMs: third,
		closeReserveMs: third,
	});
});

/** Any program, and any way to stop it. */
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
	times,
	main: fc.option(step(taskEnd, 2), { nil: undefined, freq: 2 }),
	parts: parts(2),
	upFor: takes,
	servers: fc.array(fc.record({ end, requests: fc.nat({ max: 2 }) }), { maxLength: 2 }),
	tasks: fc.array(fc.record({ at: fc.oneof(fc.constant(-1), part), step: step(taskEnd, 2) }), { maxLength: 4 }),
	intakes: fc.array(fc.record({ at: fc.oneof(fc.constant(-1), part), step: step(taskEnd, 2) }), { maxLength: 2 }),
	repeated: fc.array(
		fc.record({ pause: fc.integer({ min: 5, max: 50 }).map((percent) => percent / 100), end: taskEnd }),
		{
			maxLength: 2,
		},
	),
	units: fc.array(
		fc.record({
			at: fc.oneof(fc.constant(-1), part),
			stays: fc.option(part, { nil: undefined, freq: 8 }),
			next: fc.option(fc.nat({ max: 40 }), { nil: undefined }),
		}),
		{ maxLength: 2 },
	),
	stop: fc.constantFrom("signal", "call", "failure"),
	later: fc.oneof(
		{ weight: 2, arbitrary: fc.constant([]) },
		{
			weight: 1,
			arbitrary: fc.array(fc.record({ at: part, what: fc.constantFrom("stop", "failure", "second signal") }), {
				maxLength: 2,
			}),
		},
	),
});
