import { isLost, OUTCOMES } from "#src/record/outcome.js";

/** How grave each outcome is. A pixel with several requests shows the gravest. 2 is lost. */
export const RANKS: readonly number[] = OUTCOMES.map((outcome) =>
	isLost(outcome) ? 2 : outcome === "answered" ? 0 : 1,
);

export const LOST_RANK = 2;
