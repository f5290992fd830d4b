import { setTimeout as delay } from "node:timers/promises";
import { isLost, newConnections, type RequestRecord } from "lastcall-drill-clients";
import { Target, type TargetOptions } from "./target.ts";

/** A client whose SYN was dropped tries again after a second. */
const A_SECOND_MS = 900;

export interface RestartOptions extends Pick<TargetOptions, "kind" | "scheme" | "build"> {
	readonly restarts: number;
	/** How long each instance serves before it is stopped. */
	readonly apartMs: number;
	/** Its clients open a connection for each request: a number each second, or a number at a time in a closed loop. */
	readonly clients: { readonly requestsPerSecond: number } | { readonly concurrency: number };
}

/** The outcomes of the requests of all restarts. */
export interface RestartResult {
	readonly answered: number;
	/** Requests that were sent and not answered, one line each. */
	readonly lost: readonly string[];
	readonly executedUnanswered: number;
	/** Connections that were refused between two instances: nothing was sent on them. */
	readonly refused: number;
	/** Requests that were answered almost a second or more after they were due: for open models only. */
	readonly overASecond: number;
	readonly exitCodes: readonly (number | null)[];
}

/** Restarts a server again and again on one port, as a supervisor does, under clients that connect for each request. */
export async function restartUnderLoad(options: RestartOptions): Promise<RestartResult> {
	const { restarts, apartMs, clients, ...how } = options;
	let target = await Target.start(how);
	const { at } = target;
	const load = newConnections(at, clients);
	const executed: string[] = [];
	const exitCodes: (number | null)[] = [];
	try {
		await load.steady;
		for (let restart = 0; restart < restarts; restart++) {
			await delay(apartMs);
			target.child.kill("SIGTERM");
			exitCodes.push((await target.end).code);
			executed.push(...target.executed);
			target = await Target.start({ ...how, port: at.port });
		}
		return resultOf(await load.finish({ timeoutMs: 5_000 }), executed, exitCodes);
	} finally {
		target.child.kill("SIGKILL");
	}
}

function resultOf(
	records: readonly RequestRecord[],
	executed: readonly string[],
	exitCodes: readonly (number | null)[],
): RestartResult {
	const answered = records.filter(({ outcome }) => outcome === "answered");
	const answeredIds = new Set(answered.map(({ id }) => id));
	return {
		answered: answered.length,
		lost: records
			.filter(({ outcome }) => isLost(outcome))
			.map(({ id, outcome, error }) => `${id}: ${outcome} ${error ?? ""}`),
		executedUnanswered: executed.filter((id) => !answeredIds.has(id)).length,
		refused: records.filter(({ outcome }) => outcome === "refused").length,
		overASecond: answered.filter(({ dueAtMs = Infinity, endedAtMs }) => endedAtMs - dueAtMs > A_SECOND_MS).length,
		exitCodes,
	};
}
