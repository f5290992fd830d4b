import type { Band } from "./bands.ts";
import type { Lanes } from "./lanes.ts";
import type { Slots } from "./slots.ts";

/** The places of all parts, from top to bottom. */
export interface Layout {
	readonly lanes: Lanes;
	readonly slots: Slots;
	readonly bands: readonly Band[];
}
