import assert from "node:assert/strict";
import { basename } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { IMPORT, Preloaded, REQUIRE } from "./preloaded.ts";

interface Modules {
	readonly files: readonly string[];
	readonly builtin: readonly string[];
}

/** The modules that are loaded in a process. */
async function modules(t: TestContext, flags: readonly string[], kind: string): Promise<Modules> {
	const { stdout } = await new Preloaded(t, "lists-modules", { flags, args: [kind] }).ended;
	return JSON.parse(stdout) as Modules;
}

const names = ({ files }: Modules): string[] => files.map((file) => basename(file));

describe("what lastcall/auto loads", { concurrency: 3 }, () => {
	for (const [way, flags] of Object.entries({ IMPORT, REQUIRE })) {
		it(`in a process without servers: its own file only, and little of Node.js (${way})`, async (t) => {
			const [preloaded, alone] = await Promise.all([modules(t, flags, "none"), modules(t, [], "none")]);
			assert.deepEqual(names(preloaded), ["auto.cjs"]);
			const more = preloaded.builtin.filter((name) => !alone.builtin.includes(name));
			// A preload of either kind loads the module loader that the main program would load anyway.
			const heavy = more.filter((name) =>
				/NativeModule (http|https|http2|tls|net|dgram|inspector|child_process|cluster)$/.test(name),
			);
			assert.deepEqual(heavy, []);
		});

		it(`in a process with a server: the library (${way})`, async (t) => {
			assert.deepEqual(names(await modules(t, flags, "server")).sort(), ["auto.cjs", "lastcall.cjs", "program.cjs"]);
		});
	}

	it("nothing in a process that sets LASTCALL_AUTO=off, but its own file", async (t) => {
		const program = new Preloaded(t, "lists-modules", { args: ["server"], env: { LASTCALL_AUTO: "off" } });
		assert.deepEqual(names(JSON.parse((await program.ended).stdout)), ["auto.cjs"]);
	});
});
