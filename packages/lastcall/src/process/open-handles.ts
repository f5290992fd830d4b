import { Socket } from "node:net";
import { withPlaces } from "./handle-places.ts";

/**
 * What keeps the event loop alive, a name for each, as Node.js calls them: without standard output and error, which are
 * listed like any other where they are pipes or terminals, and hold nothing.
 */
export function openHandles(): string[] {
	const holders = process.getActiveResourcesInfo?.() ?? [];
	for (const stream of [process.stdout, process.stderr]) {
		const at = holders.findIndex((holder) => holder === "PipeWrap" || holder === "TTYWrap");
		if (at >= 0 && stream instanceof Socket) holders.splice(at, 1);
	}
	return holders;
}

/** The same in words: `2 × Timeout, PipeWrap`; with the places that made them where somebody has asked for those. */
export function describeHandles(names: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const name of withPlaces(names)) counts.set(name, (counts.get(name) ?? 0) + 1);
	return [...counts].map(([name, n]) => (n === 1 ? name : `${n} × ${name}`)).join(", ") || "something unnamed";
}
