import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { LostRequest, RoundReport } from "#src/record/drill-report.js";
import { REASON_TEXTS } from "#src/record/reason-codes.js";
import { judge, type Limits } from "#src/verdict/judge.js";
import { cleanExit, lostBy, noLimits, responsesOf, round } from "../support/sample-report.ts";

/** The codes of the reasons, those that don't make it fail in brackets. */
function codes(rounds: readonly RoundReport[], limits: Partial<Limits> = {}): string[] {
	const { passed, reasons } = judge(rounds, { ...noLimits, ...limits });
	assert.equal(passed, !reasons.some(({ fails }) => fails));
	return reasons.map(({ code, fails }) => (fails ? code : `(${code})`));
}

describe("the verdict", () => {
	it("is a pass where nothing was lost and the exit was clean; refused connections are no loss", () => {
		assert.deepEqual(judge([round()], noLimits), { passed: true, reasons: [] });
	});

	it("counts each loss, names the rounds, and says what to do", () => {
		const lost = [lostBy("idle-connection"), lostBy("idle-connection"), lostBy("answer-cut")];
		const { passed, reasons } = judge(
			[round(lost), round([], { round: 2 }), round(lost.slice(0, 1), { round: 3 })],
			noLimits,
		);
		assert.equal(passed, false);
		const [idle, cut] = reasons;
		assert.deepEqual([idle?.code, idle?.count, idle?.rounds], ["idle-connection", 3, [1, 3]]);
		assert.match(String(idle?.what), /^3 requests were lost on kept-alive connections: /);
		assert.deepEqual([cut?.code, cut?.count, cut?.what], ["answer-cut", 1, "1 response was cut off in the middle"]);
		assert.match(String(cut?.link), /#answer-cut$/);
	});

	it("is a pass within --max-lost, and says all the same what was lost", () => {
		const rounds = [round([lostBy("idle-connection")]), round([lostBy("idle-connection")], { round: 2 })];
		assert.deepEqual(codes(rounds, { maxLost: 2 }), ["(idle-connection)"]);
		assert.deepEqual(codes(rounds, { maxLost: 1 }), ["idle-connection"]);
	});

	it("knows a wrong exit code, and the right ones", () => {
		const ended = (code: number | null, signal: string | null = null) => [
			round([], { exit: { ...cleanExit, code, signal } }),
		];
		assert.deepEqual(codes(ended(1)), ["exit-code"]);
		assert.deepEqual(codes(ended(143), { exitCode: [0, 143] }), []);
		assert.deepEqual(codes(ended(null, "SIGSEGV")), ["exit-code"]);
		assert.deepEqual(codes(ended(null)), []);
	});

	for (const [code, signal] of [
		[null, "SIGTERM"],
		[143, null],
	] as const) {
		const ended = (handledSignal: boolean, lost: LostRequest[] = []) => [
			round(lost, { exit: { ...cleanExit, code, signal, handledSignal } }),
		];

		it(`takes an end by ${code ?? signal} for a clean one, and says so, unless other exit codes are the right ones`, () => {
			assert.deepEqual(codes(ended(true)), ["(ended-by-signal)"]);
			assert.deepEqual(codes(ended(false)), ["(ended-by-signal)"]);
			assert.deepEqual(codes(ended(true), { exitCode: [0] }), ["exit-code"]);
			assert.deepEqual(codes(ended(true), { exitCode: [0, 143] }), []);
		});

		it(`knows a target that doesn't handle the signal (${code ?? signal}), where that lost something`, () => {
			const lost = [lostBy("dropped-in-flight")];
			assert.deepEqual(codes(ended(false, lost)), ["dropped-in-flight", "no-handler"]);
			assert.deepEqual(codes(ended(false, lost), { maxLost: 1 }), ["(dropped-in-flight)", "no-handler"]);
			assert.deepEqual(codes(ended(true, lost)), ["dropped-in-flight", "(ended-by-signal)"]);
			assert.deepEqual(codes(ended(false, [lostBy("lost-before-stop")])), ["lost-before-stop", "(ended-by-signal)"]);
		});
	}

	it("knows a target that outlived its grace period", () => {
		const exit = { ...cleanExit, code: null, signal: "SIGKILL", killed: true };
		assert.deepEqual(codes([round([], { exit })]), ["killed-after-grace"]);
	});

	it("knows a 0 after what was in flight was dropped; what only the network knows it can't blame", () => {
		assert.deepEqual(codes([round([lostBy("dropped-in-flight")])]), ["dropped-in-flight", "loss-hidden"]);
		assert.deepEqual(codes([round([lostBy("idle-connection")])]), ["idle-connection"]);
	});

	it("knows responses that prove little, or that the shutdown has spoilt, and names their statuses", () => {
		const ofLoad = (...responses: Parameters<typeof responsesOf>) =>
			round([], { loads: round().loads.map((load) => ({ ...load, responses: responsesOf(...responses) })) });
		const [few] = judge([ofLoad({ 404: 8_564, 200: 6_919 }), ofLoad({ 200: 3, 429: 4 })], noLimits).reasons;
		assert.deepEqual([few?.code, few?.fails, few?.count], ["mostly-errors", true, 8_568]);
		assert.match(
			String(few?.what),
			/^8568 requests were answered with an error .* \(404 × 8,564, 429 × 4\), more than /,
		);
		assert.deepEqual(codes([ofLoad({ 200: 90, 404: 10 })]), ["(errors-before-stop)"]);
		assert.deepEqual(codes([ofLoad({ 404: 10 })], { maxErrors: 100 }), ["(errors-before-stop)"]);
		assert.deepEqual(codes([ofLoad({ 200: 900 }, { 500: 9 })]), ["errors-after-stop"]);
	});

	it("knows what was left behind", () => {
		const left = { leftProcesses: [{ pid: 5, command: "sleep 9" }], portHeld: true, answeredAfterExit: 2 };
		assert.deepEqual(codes([round([], left)]), ["left-process", "port-held", "answered-after-exit"]);
	});

	it("lets a SIGINT after the signal drop what is in flight, but not take its time or be called a success", () => {
		const stop = { by: "SIGTERM", group: false, againMs: 1_000 };
		const lost = [lostBy("dropped-in-flight")];
		const twice = { twice: true };
		const ended = (exit: Partial<typeof cleanExit>) => [
			round(lost, { stop, exit: { ...cleanExit, atMs: 1_100, ...exit } }),
		];
		assert.deepEqual(codes(ended({ code: 130 }), twice), ["(dropped-in-flight)"]);
		assert.deepEqual(codes(ended({ code: null, signal: "SIGINT" }), twice), ["(dropped-in-flight)"]);
		assert.deepEqual(codes(ended({ code: 0 }), twice), ["(dropped-in-flight)", "loss-hidden"]);
		assert.deepEqual(codes(ended({ code: 130, atMs: 2_500 }), twice), ["(dropped-in-flight)", "second-signal"]);
		assert.deepEqual(codes(ended({ killed: true }), twice), ["(dropped-in-flight)", "second-signal"]);
	});

	it("holds the user's own limits", () => {
		assert.deepEqual(codes([round()], { maxExitMs: 100 }), ["too-slow"]);
		assert.deepEqual(codes([round()], { maxExitMs: 120 }), []);
		const [refused] = judge([round(), round([], { round: 2 })], { ...noLimits, maxRefused: 1 }).reasons;
		assert.deepEqual([refused?.code, refused?.count, refused?.rounds], ["too-many-refused", 2, [1, 2]]);
		assert.deepEqual(codes([round()], { maxRefused: 1 }), []);
	});

	it("knows a server that keeps idle connections for less than the load balancer; without one that is a note", () => {
		const held = (heldMs: number, ended = true) => round([], { idleConnection: { heldMs, ended } });
		assert.deepEqual(codes([held(5_003)]), ["(keep-alive-too-short)"]);
		assert.deepEqual(codes([held(5_003, false)]), []);
		assert.deepEqual(codes([held(60_900)], { idleTimeout: 60_000 }), ["keep-alive-too-short"]);
		assert.deepEqual(codes([held(61_000)], { idleTimeout: 60_000 }), []);
		const rounds = [held(7_000), { ...held(5_003), round: 2 }, { ...held(400, false), round: 3 }];
		const [tooShort] = judge(rounds, { ...noLimits, idleTimeout: 60_000 }).reasons;
		assert.equal(tooShort?.what, "The server ended an idle kept-alive connection after 5.0 s");
		assert.deepEqual(tooShort?.rounds, [1, 2]);
	});

	it("knows a stop command that failed", () => {
		const ended = (commandCode: number | null) =>
			round([], { stop: { by: "x", group: false, commandEndedMs: 5, commandCode } });
		assert.deepEqual(codes([ended(0)]), []);
		assert.deepEqual(codes([ended(1)]), ["stop-command"]);
		assert.deepEqual(codes([ended(null)]), ["stop-command"]);
	});

	it("is explained: the README has a heading for each code", () => {
		const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
		const headings = [...readme.matchAll(/^#### `?([a-z0-9-]+)`?$/gm)].map(([, code]) => code);
		assert.deepEqual(headings.sort(), Object.keys(REASON_TEXTS).sort());
	});
});
