import type { Outcome } from "#src/record/outcome.js";

/** The shape of each outcome's marker around 0, 0, as an SVG path. Shapes also help readers who can't distinguish the colors. */
export const SHAPES: Readonly<Record<Outcome, string>> = {
	answered: "M-6-2H6V2H-6Z",
	refused: "M-1.5-5H1.5V5H-1.5Z",
	"turned-away": "M-5-4H5L0 4.5Z",
	reset: "M-5-3.2L-3.2-5L0-1.8L3.2-5L5-3.2L1.8 0L5 3.2L3.2 5L0 1.8L-3.2 5L-5 3.2L-1.8 0Z",
	cut: "M0-5.5L5.5 0L0 5.5L-5.5 0Z",
	unanswered: "M-5 0A5 5 0 1 1 5 0A5 5 0 1 1-5 0ZM-2.2 0A2.2 2.2 0 1 0 2.2 0A2.2 2.2 0 1 0-2.2 0Z",
};
