import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { backToBack } from "lastcall-drill-clients";
import { Program } from "./program.ts";

interface Line {
	readonly msg: string;
	readonly order?: string;
}

/** The log of the program, and the requests that it has answered. */
async function stopped(withLastcall: boolean): Promise<{ lines: Line[]; answered: string[]; log: string }> {
	// pino itself writes what it has when process.exit() is called, but a signal without a handler leaves it no time.
	const program = new Program("pino", { WORK_MS: "0", NO_HANDLER: "true" }, withLastcall);
	try {
		await program.running;
		const load = backToBack({ host: "127.0.0.1", port: program.port }, { connections: 32 });
		await load.steady;
		program.kill("SIGTERM");
		const { log } = await program.ended;
		const records = await load.finish({ timeoutMs: 2_000 });
		return {
			lines: log
				.split("\n")
				// The last line of a program that was killed may be incomplete.
				.filter((line) => line.startsWith("{") && line.endsWith("}"))
				.map((line) => JSON.parse(line) as Line),
			answered: records.filter(({ outcome }) => outcome === "answered").map(({ id }) => id),
			log,
		};
	} finally {
		program.kill("SIGKILL");
	}
}

describe("examples/pino", () => {
	it("writes every line, the last one of lastcall included", async () => {
		const { lines, answered, log } = await stopped(true);
		const logged = lines.flatMap(({ order }) => order ?? []);
		assert.deepEqual(logged.toSorted(), answered.toSorted(), log);
		assert.match(lines.at(-1)?.msg ?? "", /^lastcall: closed after .*, everything finished, exit code 0$/, log);
	});

	it("negative control: a program that doesn't handle the signal loses lines", async () => {
		let lost = 0;
		for (let round = 1; round <= 10 && lost === 0; round++) {
			const { lines, answered } = await stopped(false);
			const logged = new Set(lines.flatMap(({ order }) => order ?? []));
			lost += answered.filter((id) => !logged.has(id)).length;
		}
		assert.ok(lost > 0, "nothing lost in 10 rounds");
	});
});
