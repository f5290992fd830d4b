import assert from "node:assert/strict";
import { test } from "node:test";
import { loadKind } from "#src/load/catalogue.js";
import type { RequestRecord } from "#src/record/outcome.js";
import { type LossContext, lossReason } from "#src/verdict/loss-reason.js";

/** The stop came at 1,000, the exit at 2,000. */
const usual: LossContext = {
	losses: loadKind("back-to-back").losses,
	stoppedAtMs: 1_000,
	exitedAtMs: 2_000,
	portHeld: false,
	diedOfSignal: false,
	killedAtMs: undefined,
	lagMs: () => 0,
	crossingMs: 50,
	dropsMs: [],
};

const sent: RequestRecord = {
	id: "r",
	connection: 0,
	nth: 3,
	sentAtMs: 1_100,
	endedAtMs: 1_110,
	outcome: "unanswered",
};

const cases: [what: string, expected: string, record: Partial<RequestRecord>, context?: Partial<LossContext>][] = [
	["an end right after the request: it crossed the connection's", "idle-connection", {}],
	["a reset: it was never read", "idle-connection", { outcome: "reset" }],
	[
		"a reset after a long wait: a blocked loop never read it",
		"idle-connection",
		{ outcome: "reset", endedAtMs: 1_900 },
	],
	["the first of its connection, reset", "accept-queue", { nth: 0, outcome: "reset" }],
	["a wait before a clean end: it was read", "dropped-in-flight", { endedAtMs: 1_151 }],
	["a wait no longer than the drill's own stall", "idle-connection", { endedAtMs: 1_151 }, { lagMs: () => 20 }],
	["a clean end by the signal itself: it was read", "dropped-in-flight", {}, { diedOfSignal: true }],
	["a short wait, at the blow that others went by", "dropped-in-flight", {}, { dropsMs: [1_500, 1_112] }],
	["a short wait, well after such a blow", "idle-connection", {}, { dropsMs: [1_100] }],
	["a short wait, but longer than the network's", "dropped-in-flight", { endedAtMs: 1_112 }, { crossingMs: 11 }],
	["part of a response", "response-cut", { outcome: "cut" }],
	["a 100 and no response", "response-cut", { outcome: "reset", detail: "after-interim" }],
	["an end before the stop", "lost-before-stop", { sentAtMs: 900, endedAtMs: 999 }],
	[
		"a request that crossed the end of its connection before the stop",
		"keep-alive-race",
		{ sentAtMs: 900, endedAtMs: 909 },
	],
	[
		"the same, later, in the load that seeks it",
		"keep-alive-race",
		{ sentAtMs: 900, endedAtMs: 999 },
		{ losses: loadKind("keep-alive-edge").losses },
	],
	["the same, reset", "keep-alive-race", { sentAtMs: 900, endedAtMs: 909, outcome: "reset" }],
	["the first of its connection, before the stop", "lost-before-stop", { nth: 0, sentAtMs: 900, endedAtMs: 909 }],
	["a 502 before the stop", "lost-before-stop", { sentAtMs: 900, endedAtMs: 909, status: 502 }],
	["part of a response before the stop", "lost-before-stop", { sentAtMs: 900, endedAtMs: 909, outcome: "cut" }],
	[
		"an HTTP/2 stream before the stop",
		"lost-before-stop",
		{ sentAtMs: 900, endedAtMs: 909 },
		{ losses: loadKind("http2").losses },
	],
	[
		"sent after the exit to a port that is still open",
		"after-exit",
		{ sentAtMs: 2_001, endedAtMs: 2_050 },
		{ portHeld: true },
	],
	[
		"sent before the exit into a queue that another process holds open",
		"after-exit",
		{ nth: 0, detail: "time-limit", endedAtMs: 3_000 },
		{ portHeld: true },
	],
	["the same on a connection that was served", "grace-period", { detail: "time-limit" }, { portHeld: true }],
	[
		"sent after the exit into a queue that is gone",
		"accept-queue",
		{ nth: 0, outcome: "reset", sentAtMs: 2_001, endedAtMs: 2_001 },
	],
	["the kill", "grace-period", { endedAtMs: 1_800 }, { killedAtMs: 1_799 }],
	["still nothing when the drill gave up", "grace-period", { detail: "time-limit", endedAtMs: 1_900 }],
	["a response that had begun by then", "left-open", { outcome: "cut", detail: "time-limit", endedAtMs: 1_900 }],
	[
		"a WebSocket that was open at the kill",
		"left-open",
		{ nth: 0, outcome: "cut", detail: "no-close-frame", endedAtMs: 1_800 },
		{ losses: loadKind("websocket").losses, killedAtMs: 1_799 },
	],
	["a gateway's word", "bad-gateway", { status: 502 }],
	["a gateway's word about an upload", "bad-gateway", { status: 504 }, { losses: loadKind("upload").losses }],
	["a gateway's answer that ended early", "response-cut", { outcome: "cut", status: 502 }],
	["an upload", "upload-reset", { outcome: "reset" }, { losses: loadKind("upload").losses }],
	["the answer to an early upload", "response-cut", { outcome: "cut" }, { losses: loadKind("early-upload").losses }],
	["one behind another in the pipeline", "pipelined-dropped", {}, { losses: loadKind("pipelined").losses }],
	[
		"the first in the pipeline of a new connection",
		"accept-queue",
		{ nth: 0, outcome: "reset" },
		{ losses: loadKind("pipelined").losses },
	],
	["an event stream", "stream-cut", { outcome: "cut" }, { losses: loadKind("event-stream").losses }],
	[
		"an event stream that never began",
		"accept-queue",
		{ nth: 0, outcome: "reset" },
		{ losses: loadKind("event-stream").losses },
	],
	[
		"a request after an event stream",
		"idle-connection",
		{ outcome: "reset" },
		{ losses: loadKind("event-stream").losses },
	],
	[
		"a response without its last event",
		"stream-cut",
		{ outcome: "cut", detail: "early-end" },
		{ losses: loadKind("http2").losses },
	],
	[
		"a response with too few events",
		"stream-cut",
		{ outcome: "cut", detail: "few-events" },
		{ losses: loadKind("http2").losses },
	],
	[
		"a WebSocket",
		"no-close-frame",
		{ outcome: "cut", detail: "no-close-frame" },
		{ losses: loadKind("websocket").losses },
	],
	[
		"a WebSocket that was never upgraded",
		"accept-queue",
		{ nth: 0, outcome: "reset" },
		{ losses: loadKind("websocket").losses },
	],
	["a WebSocket's message", "message-lost", {}, { losses: loadKind("websocket").losses }],
	["an HTTP/2 stream", "http2-stream", { outcome: "reset" }, { losses: loadKind("http2").losses }],
];

for (const [what, expected, record, context] of cases) {
	test(`${what}: ${expected}`, () => {
		assert.equal(lossReason({ ...sent, ...record }, { ...usual, ...context }), expected);
	});
}
