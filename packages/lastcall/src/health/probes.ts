import type { Phase } from "../core/phase.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { Check, CheckResult } from "./checks.ts";

/** The probes, by the path that each is asked at, as Kubernetes calls them. */
const PROBES: Readonly<Record<Probe, (snapshot: Snapshot, health: Health) => boolean>> = {
	"/livez": isAlive,
	"/readyz": isReady,
	"/startupz": hasStarted,
};

/** The path of a probe. */
export type Probe = "/livez" | "/readyz" | "/startupz";

/** Reports whether `path` is that of a probe. */
export function isProbe(path: string): path is Probe {
	return Object.hasOwn(PROBES, path);
}

interface ProbeAnswer {
	/** 200 for yes, 503 for no. */
	readonly statusCode: 200 | 503;
	/** JSON. */
	readonly body: string;
}

/** What the answers depend on. */
export interface Health {
	readonly checks: readonly Check[];
	readonly readyUntilClosing: boolean;
	snapshot(): Snapshot;
}

/** What a probe is told. Never rejects. */
export async function probe(asked: Probe, health: Health): Promise<ProbeAnswer> {
	const results = await Promise.all(
		health.checks
			.filter((check) => asked === "/readyz" || (asked === "/livez" && check.liveness))
			.map(async (check) => [check.name, await check.result()] as const),
	);
	// After the checks: a shutdown may have begun while they ran.
	const snapshot = health.snapshot();
	const ok = PROBES[asked](snapshot, health) && results.every(([, { status }]) => status === "ok");
	const checks: Record<string, CheckResult> = Object.fromEntries(results);
	const body = { status: ok ? "ok" : "failed", phase: snapshot.phase, checks };
	return { statusCode: ok ? 200 : 503, body: `${JSON.stringify(body)}\n` };
}

/** Starting or stopping, however long it takes, is not dead. */
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
