import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drilled, reported, server } from "../support/drill-process.ts";

const LOAD = ["-l", "back-to-back,connections=2"];
/** Keeps idle connections for a second, whatever Node.js adds to that. */
const SHORT = server("ends-idle-connections-after", "1", "1000");
const LONG = server("ends-idle-connections-after", "1", "60000");

describe("--idle-timeout", { concurrency: 2 }, () => {
	it("fails a server that ends idle connections earlier than the load balancer, and says when it did", async (t) => {
		const { code, stdout, report } = await reported(t, ["--idle-timeout", "3s", ...LOAD, "--", ...SHORT]);
		assert.equal(code, 1);
		assert.match(stdout, /^✗ The server ended an idle kept-alive connection after \d\.\d s$/m);
		assert.match(stdout, /server\.keepAliveTimeout = 65_000/);
		const { heldMs = 0, ended } = report.rounds[0]?.idleConnection ?? {};
		assert.equal(ended, true);
		assert.ok(heldMs >= 999 && heldMs < 4_000, `${heldMs}`);
		assert.deepEqual(
			report.verdict.reasons.map((reason) => [reason.code, reason.fails]),
			[["keep-alive-too-short", true]],
		);
	});

	it("passes a server that keeps them for longer, in the first round alone", async (t) => {
		const args = ["--idle-timeout", "500ms", "--rounds", "2", ...LOAD, "--", ...LONG];
		const { code, stdout, report } = await reported(t, args);
		assert.equal(code, 0, stdout);
		const [first, second] = report.rounds.map(({ idleConnection }) => idleConnection);
		assert.deepEqual([first?.ended, second?.ended], [false, false]);
		assert.ok(Number(first?.heldMs) >= 1_500, `${first?.heldMs}`);
	});

	it("needs a response that leaves a connection idle", async (t) => {
		const args = ["--idle-timeout", "1s", "-H", "connection: close", "-l", "new-connections", "--", ...LONG];
		const { code, stderr } = await drilled(t, args);
		assert.equal(code, 3);
		assert.match(stderr, /--idle-timeout: no HTTP\/1\.1 connection could be left idle/);
	});

	it("is not needed for a note, where the drill takes longer than the server keeps idle connections", async (t) => {
		const edge = ["-l", "keep-alive-edge,connections=1", "-l", "back-to-back,connections=1"];
		const { code, stdout, report } = await reported(t, [...edge, "--max-lost", "9", "--", ...SHORT]);
		assert.equal(code, 0, stdout);
		assert.match(stdout, /^! The server ended an idle kept-alive connection after/m);
		const [note] = report.verdict.reasons.filter((reason) => reason.code === "keep-alive-too-short");
		assert.equal(note?.fails, false);
	});
});
