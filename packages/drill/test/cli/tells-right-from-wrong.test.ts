import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ReasonCode } from "#src/record/reason-codes.js";
import { COMPUTING, EXAMPLE, EXAMPLE_ENV, reasonsOf, reported, rounds, server } from "../support/drill-process.ts";

/** A server with a fault, how it is drilled, and what is wrong with it. */
interface Case {
	readonly server: string;
	/** Its arguments. */
	readonly words?: readonly string[];
	readonly args: readonly string[];
	/** Each round shows all of these, and no others than `also`. */
	readonly reasons: readonly ReasonCode[];
	/** These are true of it, too, and a round may show them. */
	readonly also?: readonly ReasonCode[];
	/** Why that does not make it fail. */
	readonly noFault?: readonly ReasonCode[];
}

const CASES: readonly Case[] = [
	{ server: "drops-idle-connections", args: ["-l", "pausing"], reasons: ["idle-connection"] },
	{
		server: "ends-idle-connections",
		args: ["-l", "pausing"],
		reasons: [],
		// Where the drill itself was paused, they may all have crossed the FIN for what it knows.
		also: ["dropped-in-flight", "loss-hidden", "idle-connection"],
	},
	{ server: "truncates-answers", args: ["-l", "slow-reader"], reasons: ["response-cut", "loss-hidden"] },
	{ server: "resets-uploads", args: ["-l", "upload"], reasons: ["upload-reset"] },
	{
		server: "never-stops",
		args: ["-l", "back-to-back", "--grace", "1s"],
		reasons: ["grace-period", "killed-after-grace"],
	},
	{
		server: "hides-a-hard-stop",
		args: ["-l", "in-flight"],
		reasons: ["dropped-in-flight", "loss-hidden"],
		// While its connections are closed one by one, clients are faster to open new ones.
		also: ["accept-queue"],
	},
	{
		server: "exits-at-once",
		args: ["-l", "pausing,pause=200ms"],
		reasons: ["dropped-in-flight", "loss-hidden"],
		// What it had not read yet.
		also: ["idle-connection", "accept-queue"],
	},
	{ server: "leaves-a-process", args: ["-l", "back-to-back"], reasons: ["left-process"] },
	{
		server: "holds-the-port",
		args: ["-l", "back-to-back"],
		reasons: ["after-exit", "left-process", "port-held"],
	},
	{
		server: "answers-after-its-exit",
		args: ["-l", "back-to-back"],
		reasons: ["left-process", "port-held", "answered-after-exit"],
	},
	{
		server: "has-no-handler",
		args: ["-l", "in-flight"],
		reasons: ["dropped-in-flight", "no-handler"],
		also: ["accept-queue"],
	},
	{
		server: "exits-with-143-at-once",
		args: ["-l", "in-flight"],
		reasons: ["dropped-in-flight", "no-handler"],
		also: ["accept-queue"],
	},
	{ server: "answers-with-errors", words: ["404", "6"], args: ["-l", "back-to-back"], reasons: ["mostly-errors"] },
	{
		server: "answers-with-errors",
		words: ["429", "3"],
		args: ["-l", "back-to-back", "--max-errors", "20"],
		reasons: ["mostly-errors"],
	},
	{ server: "fails-after-the-signal", args: ["-l", "back-to-back"], reasons: ["errors-after-stop"] },
	{ server: "exits-with-a-wrong-code", args: ["-l", "back-to-back"], reasons: ["exit-code"] },
	{ server: "drops-event-streams", args: ["-l", "event-stream"], reasons: ["stream-cut", "loss-hidden"] },
	...[
		["-l", "event-stream,events=20"],
		["-l", "event-stream,until=[DONE]"],
		["-l", "event-stream", "-X", "POST"],
	].map(
		(args): Case => ({
			server: "ends-responses-early",
			args,
			reasons: ["stream-cut", "loss-hidden"],
			// It also closes connections that have just become idle, and what it has not read yet.
			also: ["idle-connection", "accept-queue"],
		}),
	),
	{
		server: "drops-web-sockets",
		args: ["-l", "websocket"],
		reasons: ["no-close-frame"],
		// One that was opened again while the process was exiting.
		also: ["accept-queue"],
	},
	{ server: "drops-http2-streams", args: ["-l", "http2"], reasons: ["http2-stream"] },
	{
		server: "ignores-sigint",
		args: ["-l", "in-flight", "--twice", "--grace", "1500ms"],
		reasons: ["grace-period", "second-signal"],
		noFault: ["grace-period"],
	},
	{ server: "resets-its-accept-queue", args: ["-l", "new-connections"], reasons: ["accept-queue"] },
];

describe("a server with a fault fails, for the right reason and no other", { concurrency: 3 }, () => {
	for (const { server: name, words = [], args, reasons, also = [], noFault = [] } of CASES) {
		it(`${[name, ...words, ...args].join(" ")}: ${(reasons.length > 0 ? reasons : also).join(", ")}`, async (t) => {
			const count = rounds(1);
			const { code, stdout, report } = await reported(t, [
				...args,
				"--rounds",
				String(count),
				"--",
				...server(name, ...words),
			]);
			assert.equal(code, 1, stdout);
			const found = new Map(reasonsOf(report).map((reason) => [reason.code, reason]));
			const shown = report.rounds.map(({ round }) =>
				[...found.values()].filter((reason) => reason.rounds.includes(round)).map((reason) => reason.code),
			);
			for (const codes of shown) t.diagnostic(codes.join(" "));
			for (const codes of shown) {
				assert.notEqual(codes.length, 0);
				assert.deepEqual(
					codes.filter((code) => !also.includes(code)),
					reasons,
					stdout,
				);
			}
			for (const code of reasons) assert.equal(found.get(code)?.fails, !noFault.includes(code), code);
		});
	}
});

describe("a server without a fault passes", { concurrency: 3 }, () => {
	for (const load of [
		"back-to-back",
		"pausing",
		"new-connections",
		"pipelined",
		"upload",
		"slow-reader",
		"in-flight",
	]) {
		it(load, async (t) => {
			const count = rounds(1) === 1 ? 1 : rounds(1) * 2.5;
			const args = ["-l", load, "--rounds", String(count), "--", ...EXAMPLE];
			const { code, stdout, report } = await reported(t, args, { env: EXAMPLE_ENV });
			assert.equal(code, 0, stdout);
			assert.deepEqual(reasonsOf(report), []);
			assert.equal(report.rounds.length, count);
			assert.ok(report.tally.answered > 0);
		});
	}

	for (const [how, ...words] of [["by the signal"], ["with the signal's exit code", "143"]] as const) {
		it(`that ends ${how} once it has answered everything: with a note`, async (t) => {
			const args = ["-l", "back-to-back", "--rounds", String(rounds(1)), "--"];
			const { code, stdout, report } = await reported(t, [...args, ...server("sends-itself-the-signal", ...words)]);
			assert.equal(code, 0, stdout);
			assert.match(stdout, /^! The target ended by the signal itself, or with exit code 128/m);
			assert.deepEqual(
				report.verdict.reasons.map((reason) => [reason.code, reason.fails]),
				[["ended-by-signal", false]],
			);
		});
	}

	it("that answers with an error now and then: with a note", async (t) => {
		const args = ["-l", "back-to-back", "--", ...server("answers-with-errors", "404", "3")];
		const { code, stdout, stderr } = await reported(t, args);
		assert.equal(code, 0, stdout);
		assert.match(
			stdout,
			/^! [\d,]+ requests were answered with an error or refused before the stop \(404 × [\d,]+\)$/m,
		);
		assert.match(stderr, /^round 1: exit 0 .* [\d,]+ answered with an error$/m);
	});

	it("that computes for each request, under clients that keep their connections and clients that don't", async (t) => {
		const loads = ["-l", "back-to-back,connections=40", "-l", "new-connections,connections=16"];
		const args = [...loads, "--rounds", String(rounds(1)), "--", ...COMPUTING];
		const { code, stdout, report } = await reported(t, args, { env: EXAMPLE_ENV });
		assert.equal(code, 0, stdout);
		assert.deepEqual(reasonsOf(report), []);
		assert.ok(report.tally.answered > 0);
	});
});
