import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drilled, server } from "../support/drill-process.ts";
import { fixture } from "../support/started-program.ts";

describe("the exit code says", { concurrency: 2 }, () => {
	it("0: pass", async (t) => {
		const { code, stdout } = await drilled(t, ["-l", "back-to-back", "--", ...server("loses-nothing")]);
		assert.equal(code, 0, stdout);
		assert.match(stdout, /^PASS none of [\d,]+ requests in 1 round was lost$/m);
	});

	it("1: fail", async (t) => {
		const { code, stdout } = await drilled(t, ["-l", "back-to-back", "--", ...server("exits-with-a-wrong-code")]);
		assert.equal(code, 1);
		assert.match(
			stdout,
			/^FAIL none of [\d,]+ requests in 1 round was lost\n\n✗ The target ended with an unexpected exit code/m,
		);
	});

	it("0 for the same, where its code is allowed", async (t) => {
		const args = ["-l", "back-to-back", "--exit-code", "0,3", "--", ...server("exits-with-a-wrong-code")];
		const { code, stdout } = await drilled(t, args);
		assert.equal(code, 0, stdout);
	});

	for (const [what, args, message] of [
		["an unknown flag", ["--loud", "--", "true"], /^lastcall-drill: unknown option '--loud'/],
		[
			"nothing to drill",
			[],
			/^lastcall-drill: nothing to drill: give a command after --, a --pid or a --stop-command$/m,
		],
		[
			"an unknown load",
			["-l", "storm", "--", "true"],
			/^lastcall-drill: --load: unknown load "storm"; there are back-to-back, /,
		],
		[
			"a header that a load can't send",
			["-l", "http2", "-H", "te: gzip", "--", "true"],
			/^lastcall-drill: --header: "te: gzip" can't be sent by the load http2: over HTTP\/2 only trailers is allowed$/m,
		],
		[
			"a file that can't be written",
			["--json", "no/such/folder/x", "--", "true"],
			/^lastcall-drill: --json: can't write .* \(ENOENT\)$/m,
		],
	] as const) {
		it(`2: wrong usage, ${what}`, async (t) => {
			const { code, stdout, stderr } = await drilled(t, args);
			assert.deepEqual([code, stdout], [2, ""]);
			assert.match(stderr, message);
			assert.match(stderr, /\nTry lastcall-drill --help\n$/);
		});
	}

	for (const [what, args, message] of [
		[
			"there is no such command",
			["--", "no-such-command"],
			/^lastcall-drill: There is no command "no-such-command" in the PATH\.\n$/,
		],
		["there is no such process", ["--pid", "4194305"], /^lastcall-drill: There is no process 4194305\.\n$/],
		[
			"the target ends before it listens",
			["--", ...fixture("ends-before-it-listens")],
			/ended before it listened \(exit code 3\)\.\nIts last output:\nreading the configuration\nno database\n$/,
		],
		[
			"the target never listens",
			["--ready", "1s", "--", ...fixture("stays-alive")],
			/opened no TCP port within \d+ ms\. Its processes:\n {2}\d+ .*stays-alive\.js\nIts last output:\n\d+ stays\.\n$/,
		],
		[
			"the target listens and never answers",
			["--ready", "5s", "-l", "back-to-back", "--", ...server("has-no-handler")],
			/^lastcall-drill: The target did not answer within 5\.0 s:\n {2}http:\/\/127\.0\.0\.1:\d+\/: the load back-to-back got no response within \d\.\d s\n {2}https:\/\/127\.0\.0\.1:\d+\/: .*\nIf it takes longer, set --ready\./,
		],
		[
			"it speaks only HTTP/2, and no load does",
			["--ready", "5s", "-l", "back-to-back", "--", ...server("speaks-http2-only")],
			/ {2}http:\/\/127\.0\.0\.1:\d+\/: A connection of .* got an HTTP\/2 response: use --load http2\n {2}https:/,
		],
		[
			"its loads don't get going",
			["--ready", "5s", "-l", "back-to-back,connections=3", "--", ...server("answers-three-clients")],
			/ within 5000 ms: connections still wait in back-to-back \(2\), and [1-9]\d* requests were answered\. .*\(--connections 10\).*\n$/,
		],
		[
			"nothing listens at the URL",
			["--ready", "100ms", "--url", "http://127.0.0.1:1/", "--stop-command", "true"],
			/^lastcall-drill: The target did not answer within 100 ms:\n {2}http:\/\/127\.0\.0\.1:1\/: .*\(ECONNREFUSED\)\nIf it takes/,
		],
	] as const) {
		it(`3: the target never came up, because ${what}`, async (t) => {
			const { code, stdout, stderr } = await drilled(t, args);
			assert.deepEqual([code, stdout], [3, ""], stderr);
			assert.match(stderr, message);
		});
	}

	for (const [flag, what] of [
		["--help", /^Usage: lastcall-drill \[options\] -- command …\n/],
		["--version", /^\d+\.\d+\.\d+\n$/],
		["--list-loads", /^--load +what it does .*\nback-to-back /],
	] as const) {
		it(`0: ${flag}`, async (t) => {
			const { code, stdout, stderr } = await drilled(t, [flag]);
			assert.deepEqual([code, stderr], [0, ""]);
			assert.match(stdout, what);
		});
	}
});
