import type { LossCode } from "../record/loss-codes.ts";
import type { LossRules } from "../record/loss-rules.ts";
import { isGatewayStatus, type RequestRecord } from "../record/outcome.ts";

/** What is known of the round in which a request was lost. Instants are `performance.now()`. */
export interface LossContext {
	/** The rules of the load that sent the request. */
	readonly losses: LossRules;
	readonly stoppedAtMs: number;
	readonly exitedAtMs: number | undefined;
	/** True if a process still accepted connections after the exit. */
	readonly portHeld: boolean;
	/** True if the stop's own signal ended the target. */
	readonly diedOfSignal: boolean;
	/** When the drill killed the target because its grace period was over. */
	readonly killedAtMs: number | undefined;
	/** The drill's longest event-loop stall in a period: it may have noticed something this late. */
	readonly lagMs: (fromMs: number, toMs: number) => number;
	/** How long the end of a connection may be on its way to the drill. */
	readonly crossingMs: number;
	/** When connections ended whose requests the server must have had, rounded to milliseconds. */
	readonly dropsMs: readonly number[];
}

/** Connections that a server drops together end within this time. */
const TOGETHER_MS = 5;

/** Returns why a request was lost. The evidence is what its client wrote and read, and when. */
export function lossReason(record: RequestRecord, context: LossContext): LossCode {
	const { stoppedAtMs, exitedAtMs = Number.POSITIVE_INFINITY, killedAtMs } = context;
	if (record.endedAtMs < stoppedAtMs) return crossedEnd(record, context) ? "keep-alive-race" : "lost-before-stop";
	if (context.portHeld && record.sentAtMs > exitedAtMs) return "after-exit";
	if (waitedUnaccepted(record, context)) return "after-exit";
	const isOutOfTime = record.detail === "time-limit" || record.endedAtMs >= (killedAtMs ?? Number.POSITIVE_INFINITY);
	if (isOutOfTime) return record.outcome === "cut" ? "left-open" : "grace-period";
	if (record.outcome === "unanswered" && isGatewayStatus(record.status)) return "bad-gateway";
	if (isIncompleteStream(record)) return "stream-cut";
	const ownReason = context.losses.ownReason(record);
	if (ownReason !== undefined) return ownReason;
	if (record.outcome === "cut" || record.detail === "after-interim") return "answer-cut";
	if (wasRead(record, context)) return "dropped-in-flight";
	return record.nth === 0 ? "accept-queue" : "idle-connection";
}

/**
 * Returns true if the request waited in the accept queue of a socket from which no process accepts: a process that is left has
 * inherited the socket. The target itself may have closed its own copy before it ended.
 */
function waitedUnaccepted({ detail, nth, sentAtMs }: RequestRecord, context: LossContext): boolean {
	const hasEnded = context.exitedAtMs !== undefined && context.killedAtMs === undefined;
	return context.portHeld && hasEnded && detail === "time-limit" && nth === 0 && sentAtMs > context.stoppedAtMs;
}

/** Returns true if the request crossed the end of a connection that had been idle. */
function crossedEnd(record: RequestRecord, context: LossContext): boolean {
	const { outcome, status, detail, nth, sentAtMs, endedAtMs } = record;
	const { crossesIdleEnd } = context.losses;
	if (crossesIdleEnd === "never" || nth === 0) return false;
	if (outcome === "cut" || status !== undefined || detail !== undefined) return false;
	// How long the end takes from beyond a proxy can't be seen, and such a load sends no other requests.
	if (crossesIdleEnd === "always") return true;
	return endedAtMs - sentAtMs <= context.crossingMs + context.lagMs(sentAtMs, endedAtMs);
}

/** Returns true if the end of the connection shows that the server had the request. */
function wasRead(record: RequestRecord, context: LossContext): boolean {
	if (record.outcome === "reset") return false;
	if (context.diedOfSignal || waitedLong(record, context)) return true;
	// A server that ends drops all its connections together. The last requests have not waited long.
	return context.dropsMs.some((atMs) => {
		const [first, last] = [Math.min(atMs, record.endedAtMs), Math.max(atMs, record.endedAtMs)];
		return last - first <= TOGETHER_MS + context.lagMs(first, last);
	});
}

/**
 * Returns true if the server had the request, since its connection ended with a FIN well after the request was sent. The kernel
 * closes a connection with unread bytes by a reset. A FIN soon after the request may already have been on its way.
 */
export function waitedLong(
	{ outcome, detail, sentAtMs, endedAtMs }: RequestRecord,
	{ lagMs, crossingMs }: Pick<LossContext, "lagMs" | "crossingMs">,
): boolean {
	return (
		outcome === "unanswered" && detail === undefined && endedAtMs - sentAtMs > crossingMs + lagMs(sentAtMs, endedAtMs)
	);
}

function isIncompleteStream({ detail }: RequestRecord): boolean {
	return detail === "few-events" || detail === "mid-event" || detail === "early-end";
}
