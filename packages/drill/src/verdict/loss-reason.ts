import { isGatewayStatus, type RequestRecord } from "../outcome.ts";
import type { LossCode } from "./reason-codes.ts";

/** What is known of the round in which a request was lost. All instants `performance.now()`. */
export interface LossContext {
	/** The kind of load. */
	readonly kind: string;
	readonly stoppedAtMs: number;
	readonly exitedAtMs: number | undefined;
	/** Somebody still accepted connections after the exit. */
	readonly portHeld: boolean;
	/** The stop's own signal ended the target. */
	readonly diedOfSignal: boolean;
	/** When the drill killed the target because its grace period was over. */
	readonly killedAtMs: number | undefined;
	/** The drill's own longest pause: it may have noticed an end so much later than it came. */
	readonly lagMs: number;
}

/** A request that waited no longer than this, and the drill's own lag, may have crossed the end of its connection. */
const CROSSING_MS = 50;

/** Finds the reason why a request was lost, as far as a client can tell from what it wrote, and when. */
export function lossReason(record: RequestRecord, context: LossContext): LossCode {
	const { kind, stoppedAtMs, exitedAtMs = Number.POSITIVE_INFINITY, killedAtMs } = context;
	if (record.endedAtMs < stoppedAtMs) return "lost-before-stop";
	if (context.portHeld && record.sentAtMs > exitedAtMs) return "after-exit";
	const isOutOfTime = record.detail === "time-limit" || record.endedAtMs >= (killedAtMs ?? Number.POSITIVE_INFINITY);
	if (isOutOfTime) return "grace-period";
	if (record.outcome === "unanswered" && isGatewayStatus(record.status)) return "bad-gateway";
	const ofItsKind = reasonOfKind(kind, record);
	if (ofItsKind !== undefined) return ofItsKind;
	if (record.outcome === "cut" || record.detail === "after-interim") return "answer-cut";
	if (wasRead(record, context)) return "dropped-in-flight";
	return record.nth === 0 ? "accept-queue" : "idle-connection";
}

/**
 * Reports whether the server must have had the request. With bytes unread the kernel closes a connection by a reset, without by
 * a FIN; but a FIN may also have been on its way already when the request was sent.
 */
function wasRead({ outcome, sentAtMs, endedAtMs }: RequestRecord, { diedOfSignal, lagMs }: LossContext): boolean {
	if (outcome === "reset") return false;
	return diedOfSignal || endedAtMs - sentAtMs > CROSSING_MS + lagMs;
}

function reasonOfKind(kind: string, { outcome, detail, nth }: RequestRecord): LossCode | undefined {
	switch (kind) {
		case "event-stream":
			return "stream-cut";
		case "websocket":
			return detail === "no-close-frame" ? "no-close-frame" : "message-lost";
		case "http2":
			return outcome === "cut" ? "answer-cut" : "http2-stream";
		case "upload":
		case "early-upload":
			return outcome === "cut" ? "answer-cut" : "upload-reset";
		case "pipelined":
			// The first request of all may have been waiting for its connection to be accepted.
			return outcome === "cut" || nth === 0 ? undefined : "pipelined-dropped";
		default:
			return undefined;
	}
}
