import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fixture, IMPORT, inEnvironment } from "../preloaded.ts";

/** How a tool and all that it starts get lastcall/auto. */
export const NODE_OPTIONS: string = inEnvironment(IMPORT);

/** The source of a fixture, in TypeScript. */
export function source(name: string): string {
	return fileURLToPath(new URL(`../../../auto/fixtures/${name}.ts`, import.meta.url));
}

/** A program that a tool watches, in a folder of its own. */
export class SavedProgram {
	readonly folder: string;
	readonly file: string;
	readonly #text: string;
	#saves = 0;

	/** @param extension that of its file */
	constructor(test: Pick<TestContext, "after">, name: string, extension = "mjs") {
		// Within the tests' own folder: some tools watch no file in the folder for temporary files.
		this.folder = mkdtempSync(join(dirname(fileURLToPath(import.meta.url)), "saved-"));
		this.file = join(this.folder, `program.${extension}`);
		this.#text = `import ${JSON.stringify(pathToFileURL(fixture(name)).href)};\n`;
		this.save();
		test.after(() => rmSync(this.folder, { recursive: true, force: true }));
	}

	/** Saves the file again, with another content. */
	save(): void {
		writeFileSync(this.file, `// ${++this.#saves}\n${this.#text}`);
	}
}
