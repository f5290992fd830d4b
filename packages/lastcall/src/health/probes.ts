import type { Phase } from "../core/phase.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { Check, CheckResult } from "./checks.ts";

/** The probes, by their paths, which are those of Kubernetes. */
const PROBES: Readonly<Record<Probe, (snapshot: Snapshot, health: Health) => boolean>> = {
	"/livez": isAlive,
	"/readyz": isReady,
	"/startupz": hasStarted,
};

/** The path of a probe. */
export type Probe = "/livez" | "/readyz" | "/startupz";

/** Returns true if `path` is the path of a probe. */
export function isProbe(path: string): path is Probe {
	return Object.hasOwn(PROBES, path);
}

interface ProbeResult {
	/** 200 if the probe succeeds, 503 if it fails. */
	readonly statusCode: 200 | 503;
	/** JSON. */
	readonly body: string;
}

/** What the results of the probes depend on. */
export interface Health {
	readonly checks: readonly Check[];
	readonly readyUntilClosing: boolean;
	snapshot(): Snapshot;
}

/** Returns the result of a probe. Never rejects. */
export async function probe(path: Probe, health: Health): Promise<ProbeResult> {
	const results = await Promise.all(
		health.checks
			.filter((check) => path === "/readyz" || (path === "/livez" && check.liveness))
			.map(async (check) => [check.name, await check.result()] as const),
	);
	// After the checks: a shutdown may have begun while they ran.
	const snapshot = health.snapshot();
	const ok = PROBES[path](snapshot, health) && results.every(([, { status }]) => status === "ok");
	const checks: Record<string, CheckResult> = Object.fromEntries(results);
	const body = { status: ok ? "ok" : "failed", phase: snapshot.phase, checks };
	return { statusCode: ok ? 200 : 503, body: `${JSON.stringify(body)}\n` };
}

/** A long start-up and a long shutdown are no reason to restart the program. */
function isAlive({ phase }: Snapshot): boolean {
	return phase !== "closed";
}

const SERVING: readonly Phase[] = ["running", "lame-duck", "draining"];

function isReady({ ready, started, phase }: Snapshot, { readyUntilClosing }: Health): boolean {
	return ready || (readyUntilClosing && started && SERVING.includes(phase));
}

function hasStarted({ started }: Snapshot): boolean {
	return started;
}
