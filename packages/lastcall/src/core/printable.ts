/** A line of a log has no more characters than this. */
export const LONGEST_LINE = 4_000;

/**
 * Control characters, lone surrogates, and format characters, among them those that turn the direction of the text. Not the two
 * joiners, which some scripts are written with.
 */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The user and the password in a URL. */
const USER = /:\/\/[^\s/?#"]+@/g;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * `text` as it may stand in one line of a log or on a terminal, wherever it comes from: nothing in it moves the cursor, ends
 * the line or tells a password of a URL. It is cut where it is longer than `longest`.
 */
export function printable(text: string, longest: number = LONGEST_LINE): string {
	// Not all of it, which may be many megabytes; but a user and a password are whole.
	const beginning = text.slice(0, 4 * longest).replace(USER, "://***@");
	return cut(beginning.replace(UNPRINTABLE, escaped), longest);
}

/** `text`, or its beginning and `…` where it has more characters than `longest`. */
export function cut(text: string, longest: number): string {
	if (text.length <= longest) return text;
	// Not in the middle of a pair of surrogates.
	return `${text.slice(0, longest - 1).replace(/\p{Cs}$/u, "")}…`;
}

/** As a string literal of JavaScript has it. */
function escaped(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	const hex = code.toString(16);
	if (code > 0xffff) return `\\u{${hex}}`;
	return SHORT[character] ?? (code > 0xff ? `\\u${hex.padStart(4, "0")}` : `\\x${hex.padStart(2, "0")}`);
}
