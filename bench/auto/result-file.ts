import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Program } from "./program.ts";
import type { Result } from "./result.ts";

const PATH = fileURLToPath(new URL("../../../docs/auto-programs.json", import.meta.url));

/** The newest result of each program. */
export class ResultFile {
	#results: readonly Result[] = existsSync(PATH) ? (JSON.parse(readFileSync(PATH, "utf8")) as Result[]) : [];

	get results(): readonly Result[] {
		return this.#results;
	}

	/** Replaces the result of its program, in the order of the catalogue, and leaves out programs that are no longer in it. */
	put(result: Result, catalogue: readonly Program[]): void {
		const byName = new Map([...this.#results, result].map((each) => [each.name, each]));
		this.#results = catalogue.flatMap(({ name }) => byName.get(name) ?? []);
		writeFileSync(PATH, `${JSON.stringify(this.#results, null, "\t")}\n`);
	}
}
