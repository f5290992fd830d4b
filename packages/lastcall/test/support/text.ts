import assert from "node:assert/strict";

/** How often `pattern` is in `text`. */
export function count(text: string, pattern: RegExp): number {
	return [...text.matchAll(new RegExp(pattern.source, "gm"))].length;
}

/** Asserts that each of `patterns` follows the one before it in `text`. */
export function assertInOrder(text: string, ...patterns: RegExp[]): void {
	let rest = text;
	for (const pattern of patterns) {
		const match = pattern.exec(rest);
		assert.ok(match, `${pattern} is missing or too early in:\n${text}`);
		rest = rest.slice(match.index + match[0].length);
	}
}
