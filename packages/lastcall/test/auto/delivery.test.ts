import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { assertInOrder, count } from "../support/text.ts";
import { DRAINING, ENDED, IMPORT, Preloaded, SHUTTING_DOWN, stopInFlight, stopUnreleased } from "./preloaded.ts";

function start(t: TestContext, kind: string): Preloaded {
	return new Preloaded(t, "gets-the-signal", { args: [kind] });
}

const WHOLE = { response: "200 whole", exit: 0 };

describe("the program gets the signal that was held as if it came now", { concurrency: 3 }, () => {
	for (const [how, line] of Object.entries({
		"with its number": /^own listener: SIGTERM 15, true$/m,
		"by once": /^own listener: SIGTERM$/m,
		"by an iterator": /^own listener: SIGTERM$/m,
	})) {
		it(how, async (t) => {
			const { response, exit, stderr } = await stopInFlight(start(t, how));
			assert.deepEqual({ response, exit }, WHOLE, stderr);
			assertInOrder(stderr, SHUTTING_DOWN, DRAINING, line);
			assert.equal(count(stderr, /^own listener/), 1, stderr);
		});
	}

	for (const [how, text] of Object.entries({
		"and throws": "thrown",
		"and rejects": "rejected",
	})) {
		it(`${how}: it crashes as without`, async (t) => {
			const flagged = await stopInFlight(start(t, how));
			const program = new Preloaded(t, "gets-the-signal", { flags: [], args: [how] });
			const alone = await stopUnreleased(program);
			assert.equal(flagged.response, "200 whole");
			assert.deepEqual([flagged.exit, alone.exit], [1, 1], flagged.stderr);
			for (const { stderr } of [flagged, alone]) {
				assert.match(stderr, new RegExp(`^Error: ${text} by the listener\\n +at .*gets-the-signal\\.js:`, "m"));
			}
		});
	}

	it("and what a listener throws keeps no later signal from the program", async (t) => {
		const program = start(t, "and throws in the first of two listeners");
		const { response } = await program.inFlight();
		program.kill("SIGTERM");
		await program.printed(DRAINING);
		program.release();
		assert.equal(await response, "200 whole");
		await program.printed(/^own handler: thrown by the listener$/m);
		program.kill("SIGINT");
		assert.equal((await program.ended).exit, 17);
	});
});

describe("a stop that the program has begun itself", { concurrency: 3 }, () => {
	it("by a signal to itself is held", async (t) => {
		const program = start(t, "from itself");
		const { response } = await program.inFlight();
		await program.printed(DRAINING);
		program.release();
		assert.equal(await response, "200 whole");
		assert.equal((await program.ended).exit, 0);
	});

	it("by process.emit() is held", async (t) => {
		const program = start(t, "by its own emit");
		const { response } = await program.inFlight();
		await program.printed(DRAINING);
		program.release();
		assert.equal(await response, "200 whole");
		const { exit, stderr } = await program.ended;
		assert.equal(exit, 0, stderr);
		assertInOrder(stderr, DRAINING, /^emitted: true$/m, /^own listener: SIGTERM$/m);
	});

	it("by server.close() with a request in flight: the signal waits for that request", async (t) => {
		const program = start(t, "after it has closed its server");
		const { response, exit, stderr } = await stopInFlight(program);
		assert.deepEqual({ response, exit }, WHOLE, stderr);
		assertInOrder(stderr, /^closes$/m, SHUTTING_DOWN, DRAINING, ENDED);
		assert.match(stderr, /^closed by the program$/m);
	});

	it("without a listener any more: it ends with the exit code of the drain", async (t) => {
		const { response, exit, stderr } = await stopInFlight(start(t, "when it has taken its listener away"));
		assert.deepEqual({ response, exit }, WHOLE, stderr);
	});

	it("and opens another server in the drain: it is warned of, and keeps nothing from ending", async (t) => {
		const { response, exit, stderr } = await stopInFlight(start(t, "and opens another server in the drain"));
		assert.deepEqual({ response, exit }, WHOLE, stderr);
		assert.equal(count(stderr, /^lastcall: warning: a server listens on .* since the drain began: /), 1, stderr);
	});
});

/** A preload that listens for SIGTERM before lastcall/auto is loaded. */
const EARLIER = `data:text/javascript,${encodeURIComponent(`
	process.on("SIGTERM", (signal, number) => console.error("earlier listener: " + signal + " " + number));
	process.once("SIGTERM", () => console.error("earlier listener, once"));
`)}`;

describe("listeners of an earlier preload", () => {
	it("get the signal after the drain too, in their order, once", async (t) => {
		const flags = ["--import", EARLIER, ...IMPORT];
		const program = new Preloaded(t, "handles-signals", { flags, args: ["exits at once"] });
		const { response, exit, stderr } = await stopInFlight(program);
		assert.deepEqual({ response, exit }, WHOLE, stderr);
		const [first, second, own] = [/^earlier listener: SIGTERM 15$/m, /^earlier listener, once$/m, /^own listener/m];
		assertInOrder(stderr, DRAINING, first, second, own);
		assert.equal(count(stderr, /^(earlier|own) listener/), 3, stderr);
	});
});
