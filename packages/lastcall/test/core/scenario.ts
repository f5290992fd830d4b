import fc from "fast-check";
import type { TimeOptions } from "lastcall";

/** How something ends. Times are parts of the grace period, so that they meet its own instants often. */
export type End =
	| { readonly kind: "returns" | "throws" | "hangs" }
	/** A task that ends by the signal's own error. */
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
	readonly step: Step;
}

export interface Scenario {
	readonly times: TimeOptions & { readonly gracePeriodMs: number };
	/** `main` is still at it when the stop comes, if given. */
	readonly main: Step | undefined;
	readonly closers: readonly Step[];
	readonly servers: readonly { readonly end: End; readonly requests: number }[];
	/** `at`: some time after the stop reason; before it where it is negative. */
	readonly tasks: readonly { readonly at: number; readonly step: Step }[];
	readonly stop: "signal" | "call" | "failure";
	readonly later: readonly { readonly at: number; readonly what: "stop" | "failure" | "second signal" }[];
}

/** Parts of the grace period up to one and a half; short ones and round ones more often. */
const part = fc.oneof(
	{ weight: 2, arbitrary: fc.constantFrom(0, 0.2, 0.25, 0.5, 0.8, 1) },
	{ weight: 4, arbitrary: fc.integer({ min: 0, max: 20 }).map((percent) => percent / 100) },
	{ weight: 1, arbitrary: fc.integer({ min: 0, max: 150 }).map((percent) => percent / 100) },
);

/** More often well than not, or no shutdown of many parts would ever end well. */
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
	const closer = fc.record({ after: part, what: fc.constant("closer" as const), step: step(end, depth - 1) });
	const task = fc.record({ after: part, what: fc.constant("task" as const), step: step(taskEnd, depth - 1) });
	return fc.oneof(
		{ weight: 3, arbitrary: fc.constant([]) },
		{ weight: 1, arbitrary: fc.array(fc.oneof(closer, task), { maxLength: 2 }) },
	);
}

function step(ends: fc.Arbitrary<End>, depth: number): fc.Arbitrary<Step> {
	return fc.record({ end: ends, adds: additions(depth) });
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
	closers: fc.array(step(end, 2), { maxLength: 5 }),
	servers: fc.array(fc.record({ end, requests: fc.nat({ max: 2 }) }), { maxLength: 2 }),
	tasks: fc.array(fc.record({ at: fc.oneof(fc.constant(-1), part), step: step(taskEnd, 2) }), { maxLength: 4 }),
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
