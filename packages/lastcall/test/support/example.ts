import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The compiled file of an example. */
export function exampleFile(name: string): string {
	return fileURLToPath(new URL(`../../../../../examples/dist/${name}.js`, import.meta.url));
}

/** Returns the arguments with which Node.js runs an example where each of `parts` is replaced, by nothing unless a text is given with it. */
export async function exampleWithout(
	name: string,
	...parts: readonly (RegExp | [RegExp, string])[]
): Promise<string[]> {
	let source = await readFile(exampleFile(name), "utf8");
	for (const part of parts) {
		const [pattern, instead] = part instanceof RegExp ? [part, ""] : part;
		assert.match(source, pattern);
		source = source.replace(pattern, instead);
	}
	return ["--input-type=module", "--eval", source];
}

/** For an example in which no work is in flight. */
export const WITHOUT_ENTER: [RegExp, string] = [/= \S+\.enter\(.+\);/, "= () => {};"];
