import { isLost, OUTCOMES } from "#src/record/outcome.js";

/** How grave each outcome is: where one pixel holds several requests, the gravest is drawn. 2 is lost. */
export const RANKS: readonly number[] = OUTCOMES.map((outcome) =>
	isLost(outcome) ? 2 : outcome === "answered" ? 0 : 1,
);

export const LOST_RANK = 2;
