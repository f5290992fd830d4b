import type { LossCode } from "../record/loss-codes.ts";
import type { LossRules } from "../record/loss-rules.ts";
import { isGatewayStatus, type RequestRecord } from "../record/outcome.ts";

/** What is known of the round in which a request was lost. All instants `performance.now()`. */
export interface LossContext {
	/** Those of the load that the request belongs to. */
	readonly losses: LossRules;
	readonly stoppedAtMs: number;
	readonly exitedAtMs: number | undefined;
	/** Somebody still accepted connections after the exit. */
	readonly portHeld: boolean;
	/** The stop's own signal ended the target. */
	readonly diedOfSignal: boolean;
	/** When the drill killed the target because its grace period was over. */
	readonly killedAtMs: number | undefined;
	/** The drill's own longest pause that had a part in a time: so much later than it came it may have noticed something. */
	readonly lagMs: (fromMs: number, toMs: number) => number;
	/** For so long the end of a connection may be on its way to the drill. */
	readonly crossingMs: number;
	/** When connections ended whose requests the server must have had, to the millisecond. */
	readonly dropsMs: readonly number[];
}

/** For so long the connections end that a server drops at one blow. */
const BLOW_MS = 5;

/** Finds the reason why a request was lost, as far as a client can tell from what it wrote, and when. */
export function lossReason(record: RequestRecord, context: LossContext): LossCode {
	const { stoppedAtMs, exitedAtMs = Number.POSITIVE_INFINITY, killedAtMs } = context;
	if (record.endedAtMs < stoppedAtMs) return crossedEnd(record, context) ? "keep-alive-race" : "lost-before-stop";
	if (context.portHeld && record.sentAtMs > exitedAtMs) return "after-exit";
	if (nobodyAccepted(record, context)) return "after-exit";
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
 * Reports whether the request waits in the queue of a socket that nobody accepts from any more: a process that is left holds it
 * open. The target itself may have closed its own before it ended.
 */
function nobodyAccepted({ detail, nth, sentAtMs }: RequestRecord, context: LossContext): boolean {
	const hasEnded = context.exitedAtMs !== undefined && context.killedAtMs === undefined;
	return context.portHeld && hasEnded && detail === "time-limit" && nth === 0 && sentAtMs > context.stoppedAtMs;
}

/** Reports whether nothing came for the request on a connection that had been idle, since that ended about when it was sent. */
function crossedEnd(record: RequestRecord, context: LossContext): boolean {
	const { outcome, status, detail, nth, sentAtMs, endedAtMs } = record;
	const { crossesIdleEnd } = context.losses;
	if (crossesIdleEnd === "never" || nth === 0) return false;
	if (outcome === "cut" || status !== undefined || detail !== undefined) return false;
	// How long it takes beyond a proxy can't be seen, and such a load sends no other requests.
	if (crossesIdleEnd === "always") return true;
	return endedAtMs - sentAtMs <= context.crossingMs + context.lagMs(sentAtMs, endedAtMs);
}

/** Reports whether the server must have had the request, as far as its connection tells. */
function wasRead(record: RequestRecord, context: LossContext): boolean {
	if (record.outcome === "reset") return false;
	if (context.diedOfSignal || waitedLong(record, context)) return true;
	// A server that ends drops all that it has at one blow, and what came last has not waited long.
	return context.dropsMs.some((atMs) => {
		const [first, last] = [Math.min(atMs, record.endedAtMs), Math.max(atMs, record.endedAtMs)];
		return last - first <= BLOW_MS + context.lagMs(first, last);
	});
}

/**
 * Reports whether the server must have had the request, because its connection ended well after it. With bytes unread the
 * kernel closes a connection by a reset, without by a FIN; but a FIN may also have been on its way already when the
 * request was sent.
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
