import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { IMPORT, Preloaded, SHUTTING_DOWN } from "./preloaded.ts";

/** Programs that end by themselves, with their exit codes and what they print. */
const ENDS: Record<string, { readonly exit: number; readonly lines: readonly string[] }> = {
	"its server is closed": { exit: 19, lines: ["handling /", "closed, no error"] },
	"its server holds no event loop": { exit: 0, lines: ["handling /"] },
	"it is disposed of": { exit: 0, lines: ["handling /", "disposed"] },
	"it is a forked child": { exit: 0, lines: ["child ended with 0"] },
	"its parent disconnects": { exit: 0, lines: ["child: disconnected", "child ended with 0"] },
};

describe("a program that ends without a signal does so with lastcall/auto as without, when", { concurrency: 3 }, () => {
	for (const [kind, ended] of Object.entries(ENDS)) {
		it(kind, async (t) => {
			for (const flags of [IMPORT, []]) {
				const { exit, stderr } = await new Preloaded(t, "ends-by-itself", { flags, args: [kind] }).ended;
				const lines = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("lastcall: "));
				assert.deepEqual({ exit, lines }, ended, stderr);
				assert.doesNotMatch(stderr, SHUTTING_DOWN);
			}
		});
	}

	it("it has closed many servers, which are garbage then", async (t) => {
		const program = new Preloaded(t, "ends-by-itself", {
			flags: ["--expose-gc", ...IMPORT],
			args: ["it has had many servers"],
		});
		const { stderr } = await program.ended;
		const [, count] = /^still in memory: (\d+) of 40$/m.exec(stderr) ?? [];
		// The last one may still be on the stack.
		assert.ok(Number(count) <= 2, stderr);
	});
});
