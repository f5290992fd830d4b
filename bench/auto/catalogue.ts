import { APPLICATIONS } from "./applications.ts";
import { FRAMEWORKS } from "./frameworks.ts";
import { MANAGED } from "./managed.ts";
import type { Program } from "./program.ts";
import { REAL_TIME } from "./real-time.ts";
import { SITES } from "./sites.ts";
import { TOOLS } from "./tools.ts";

/** Every program, in the order of the table. */
export const CATALOGUE: readonly Program[] = [
	...TOOLS,
	...FRAMEWORKS,
	...REAL_TIME,
	...SITES,
	...APPLICATIONS,
	...MANAGED,
];
