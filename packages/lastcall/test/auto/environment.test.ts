import assert from "node:assert/strict";
import { Agent } from "node:http";
import { describe, it, type TestContext } from "node:test";
import { ask } from "../support/ask.ts";
import { assertInOrder, count } from "../support/text.ts";
import { DRAINING, Preloaded, SHUTTING_DOWN, stopInFlight, stopUnreleased } from "./preloaded.ts";

function start(t: TestContext, env: NodeJS.ProcessEnv, kind = "none"): Preloaded {
	return new Preloaded(t, "handles-signals", { args: [kind], env });
}

const WHOLE = { response: "200 whole", exit: 0 };

describe("the environment sets", { concurrency: 3 }, () => {
	for (const off of ["off", "0", "false", "OFF"]) {
		it(`LASTCALL_AUTO=${off}: nothing is drained`, async (t) => {
			const { response, exit, stderr } = await stopUnreleased(start(t, { LASTCALL_AUTO: off }));
			assert.deepEqual({ response, exit }, { response: "ECONNRESET", exit: "SIGTERM" });
			assert.doesNotMatch(stderr, /lastcall/);
		});
	}

	it("LASTCALL_GRACE_PERIOD_MS", async (t) => {
		const { response, exit, stderr } = await stopInFlight(start(t, { LASTCALL_GRACE_PERIOD_MS: "23000" }));
		assert.deepEqual({ response, exit }, WHOLE);
		assert.match(stderr, / is shutting down: SIGTERM; grace period 23 s \(LASTCALL_GRACE_PERIOD_MS\)$/m);
	});

	it("LASTCALL_LAME_DUCK_MS: new requests are served before the drain", async (t) => {
		const program = start(t, { LASTCALL_LAME_DUCK_MS: "1000" });
		const { response } = await program.inFlight();
		program.kill("SIGTERM");
		await program.printed(/^lastcall: lame duck/m);
		assert.equal(await program.ask("/new"), "200 whole");
		await program.printed(DRAINING);
		program.release();
		assert.equal(await response, "200 whole");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, SHUTTING_DOWN, /lame duck/, /^handling \/new$/m, DRAINING);
	});

	it("LASTCALL_LINGER_MS: how long an idle connection stays open", async (t) => {
		const program = start(t, { LASTCALL_LINGER_MS: "350" });
		const agent = new Agent({ keepAlive: true });
		t.after(() => agent.destroy());
		assert.equal(await ask(await program.port(), "/", { agent }), "200 whole");
		program.kill("SIGTERM");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
		assert.match(stderr, /^lastcall: draining, nothing in flight; waiting 350 ms for requests on 1 idle connection$/m);
	});

	it("LASTCALL_NAME and LASTCALL_LOG=json: one object in each line", async (t) => {
		const program = start(t, { LASTCALL_NAME: "shop", LASTCALL_LOG: "json" });
		assert.equal(await program.ask("/"), "200 whole");
		program.kill("SIGTERM");
		const { exit, stdout, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
		const objects = `${stdout}${stderr}`.split("\n").filter((line) => line.startsWith("{"));
		const lines = objects.map((line) => JSON.parse(line) as { name: string; msg: string; event: { type: string } });
		assert.deepEqual(new Set(lines.map(({ name }) => name)), new Set(["shop"]));
		assert.equal(lines.filter(({ event }) => event.type === "stopping").length, 1);
		assert.doesNotMatch(stderr, /^lastcall: /m);
	});

	it("LASTCALL_LOG=off: no line", async (t) => {
		const program = start(t, { LASTCALL_LOG: "off" }, "exits at once");
		assert.equal(await program.ask("/"), "200 whole");
		program.kill("SIGTERM");
		const { exit, stdout, stderr } = await program.ended;
		assert.equal(exit, 0);
		assert.equal(stdout, "");
		const lines = stderr.trim().split("\n").slice(1);
		assert.deepEqual(lines, ["handling /", "own listener: SIGTERM, listening false"]);
	});

	for (const [value, path] of [
		[undefined, "/held"],
		["on", "/held?key=1"],
	] as const) {
		it(`LASTCALL_SHOW_QUERY_STRINGS=${value}: ${path} in the log`, async (t) => {
			const program = start(t, { LASTCALL_SHOW_QUERY_STRINGS: value, LASTCALL_GRACE_PERIOD_MS: "1000" });
			const response = ask(await program.port(), "/held?key=1");
			await program.printed(/^handling \/held\?key=1$/m);
			program.kill("SIGTERM");
			const [line] = await program.printed(/^lastcall: draining, .*$/m);
			assert.ok(line.includes(`GET ${path} `), line);
			await Promise.all([response, program.ended]);
		});
	}

	it("LASTCALL_SNAPSHOT_SIGNAL: the program goes on", async (t) => {
		const program = start(t, { LASTCALL_SNAPSHOT_SIGNAL: "SIGUSR2" });
		const { response } = await program.inFlight();
		program.kill("SIGUSR2");
		await program.printed(/^lastcall: .* is running, ready, 1 in flight\n.* GET \/held /m);
		assert.equal(await program.ask("/after"), "200 whole");
		program.kill("SIGTERM");
		await program.printed(DRAINING);
		program.release();
		assert.equal(await response, "200 whole");
		assert.equal((await program.ended).exit, 0);
	});
});

/** Values that are wrong, and what the warning says. */
const WRONG: readonly (readonly [env: Record<string, string>, message: RegExp])[] = [
	[{ LASTCALL_GRACE_PERIOD_MS: "10s" }, /LASTCALL_GRACE_PERIOD_MS: wanted a number of milliseconds .*, got "10s"/],
	[{ LASTCALL_LAME_DUCK_MS: "-1" }, /LASTCALL_LAME_DUCK_MS: wanted a number of milliseconds .*, got -1/],
	[{ LASTCALL_LINGER_MS: "fast" }, /LASTCALL_LINGER_MS: wanted a number of milliseconds .*, got "fast"/],
	[{ LASTCALL_SPREAD_MS: "1e99" }, /LASTCALL_SPREAD_MS: wanted a number of milliseconds .*, got .*/],
	[{ LASTCALL_LOG: "xml" }, /LASTCALL_LOG: wanted "plain", "json" or "off", got "xml"/],
	[{ LASTCALL_AUTO_NET: "maybe" }, /LASTCALL_AUTO_NET: wanted "on" or "off", got "maybe"/],
	[{ LASTCALL_SHOW_QUERY_STRINGS: "2" }, /LASTCALL_SHOW_QUERY_STRINGS: wanted "on" or "off", got "2"/],
	[{ LASTCALL_EXTRA_STOP_SIGNALS: "SIGNONE" }, /LASTCALL_EXTRA_STOP_SIGNALS.*: wanted .*SIGNONE/],
	[{ LASTCALL_SNAPSHOT_SIGNAL: "SIGKILL" }, /LASTCALL_SNAPSHOT_SIGNAL.*: wanted .*SIGKILL/],
	[
		{ LASTCALL_GRACE_PERIOD_MS: "3000", LASTCALL_LAME_DUCK_MS: "3001" },
		/LASTCALL_LAME_DUCK_MS \(3001\) must fit into LASTCALL_GRACE_PERIOD_MS \(3000\)/,
	],
	[{ LASTCALL_SPREAD_MS: "20000" }, /LASTCALL_SPREAD_MS \(20000\) must fit into /],
	[{ LASTCALL_LINGER_MS: "20000" }, /LASTCALL_LINGER_MS \(20000\) must fit into /],
];

describe("a value that is wrong keeps no program from starting, and loses no request", { concurrency: 3 }, () => {
	for (const [env, message] of WRONG) {
		it(JSON.stringify(env), async (t) => {
			const { response, exit, stderr } = await stopInFlight(start(t, env));
			assert.deepEqual({ response, exit }, WHOLE, stderr);
			assert.match(stderr, new RegExp(`^lastcall: warning: .*${message.source}`, "m"));
			assert.equal(count(stderr, /^lastcall: warning: /), 1, stderr);
		});
	}

	it("LASTCALL_AUTO=yesplease is warned of, too", async (t) => {
		const { response, exit, stderr } = await stopInFlight(start(t, { LASTCALL_AUTO: "yesplease" }));
		assert.deepEqual({ response, exit }, WHOLE, stderr);
		assert.match(stderr, /^lastcall: warning: LASTCALL_AUTO: wanted "on" or "off", got "yesplease"/m);
	});
});
