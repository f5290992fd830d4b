import type { ReasonCode } from "./reason-codes.ts";

/** Whether the target passed, and why not. */
export interface Verdict {
	readonly passed: boolean;
	/** The gravest first. */
	readonly reasons: readonly Reason[];
}

/** One thing that is wrong, and what to do about it. */
export interface Reason {
	/** Stable, for machines. */
	readonly code: ReasonCode;
	/** True if it makes the drill fail. A loss within `--max-lost` does not. */
	readonly fails: boolean;
	/** How many requests, processes or rounds it concerns. */
	readonly count: number;
	/** The rounds that show it, from 1. */
	readonly rounds: readonly number[];
	/** What happened. One sentence, without a full stop. */
	readonly what: string;
	/** What to do about it. One sentence, without a full stop. */
	readonly advice: string;
	/** A page that explains it. */
	readonly link: string;
}
