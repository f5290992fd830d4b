import type { InFlight } from "./drainable.ts";
import type { ServiceState } from "./service-state.ts";
import { withShortNames } from "./short-names.ts";

/** A start that takes longer is reported: `main` may be waiting for the end of the program, and the service is never ready. */
const LONG_START_MS = 10_000;

/** Emits what is still starting when the start has taken long. Returns a function that calls it off. */
export function reportSlowStart(service: ServiceState): () => void {
	return service.clock.afterUnref(LONG_START_MS, () => {
		// The progress of the shutdown names it.
		if (service.reason !== undefined) return;
		const starting = service.tasks.inFlight().filter(({ what }) => what === "starting");
		service.emit({ type: "still-starting", starting: innermost(starting).map(withShortNames) });
	});
}

/** Leaves out `main` and the groups that wait for a group within them. */
function innermost(starting: readonly InFlight[]): InFlight[] {
	const groups = starting.filter(({ name }) => name !== "main");
	if (groups.length === 0) return [...starting];
	return groups.filter((group) => !groups.some(({ name }) => name.startsWith(`${group.name}/`)));
}
