import { Socket } from "node:net";
import { withPlaces } from "./handle-places.ts";

/**
 * Returns the names that Node.js has for what keeps the event loop alive. Standard output and error are left out: as pipes or
 * terminals they are listed like any other handle, but keep nothing alive.
 */
export function openHandles(): string[] {
	const handles = process.getActiveResourcesInfo?.() ?? [];
	for (const stream of [process.stdout, process.stderr]) {
		const at = handles.findIndex((handle) => handle === "PipeWrap" || handle === "TTYWrap");
		if (at >= 0 && stream instanceof Socket) handles.splice(at, 1);
	}
	return handles;
}

/** Returns the handles as text: `2 × Timeout, PipeWrap`. With `NODE_DEBUG=lastcall`, each has the place that made it. */
export function describeHandles(handles: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const name of withPlaces(handles)) counts.set(name, (counts.get(name) ?? 0) + 1);
	return [...counts].map(([name, n]) => (n === 1 ? name : `${n} × ${name}`)).join(", ") || "something unnamed";
}
