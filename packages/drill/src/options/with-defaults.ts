import { loadKind } from "../load/catalogue.ts";
import type { LoadSpec } from "../load/load-spec.ts";
import type { DrillOptions } from "./drill-options.ts";

/**
 * Returns the loads to run: those that were asked for, or the default ones, and the one that `--rate` adds. `--connections` applies to
 * each that sets no number itself. Without explicit loads, `--rate` replaces the default ones.
 */
export function withDefaults(
	asked: readonly LoadSpec[] | undefined,
	{ load, rate, connections }: DrillOptions,
): LoadSpec[] {
	const defaults = rate === undefined ? load.map((spec) => ({ ...spec, ...(connections && { connections }) })) : [];
	const all: LoadSpec[] = [...(asked ?? defaults), ...(rate === undefined ? [] : [{ kind: "rate", rate } as const])];
	return all.map((spec) => {
		const hasConnections = "connections" in loadKind(spec.kind).settings;
		return hasConnections && connections !== undefined ? { connections, ...spec } : spec;
	});
}
