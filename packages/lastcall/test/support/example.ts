import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The compiled file of an example. */
export function exampleFile(name: string): string {
	return fileURLToPath(new URL(`../../../../../examples/dist/${name}.js`, import.meta.url));
}

/** Returns the arguments with which Node.js runs an example that has lost `part` of its source. */
export async function exampleWithout(name: string, part: RegExp, instead = ""): Promise<string[]> {
	const source = await readFile(exampleFile(name), "utf8");
	const without = source.replace(part, instead);
	assert.notEqual(without, source, `${part} is not in the example`);
	return ["--input-type=module", "--eval", without];
}
