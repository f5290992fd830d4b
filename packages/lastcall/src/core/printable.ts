/** The most characters in a line of the log. */
export const LONGEST_LINE = 4_000;

/**
 * Control characters, lone surrogates and format characters, such as those that change the direction of the text. The two
 * joiners are allowed, since some scripts need them.
 */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The user and the password in a URL. */
const USER_INFO = /:\/\/[^\s/?#"]+@/g;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Returns `text` in a form that is safe in one line of a log or on a terminal: nothing in it moves the cursor, ends the line
 * or shows the password of a URL. It is cut to `longest` characters.
 */
export function printable(text: string, longest: number = LONGEST_LINE): string {
	// The text may have many megabytes. Four times the limit keeps a user and a password together.
	const beginning = text.slice(0, 4 * longest).replace(USER_INFO, "://***@");
	return cut(beginning.replace(UNPRINTABLE, escapeCharacter), longest);
}

/** Returns `text`, or its beginning and `…` if it has more characters than `longest`. */
export function cut(text: string, longest: number): string {
	if (text.length <= longest) return text;
	// Not in the middle of a surrogate pair.
	return `${text.slice(0, longest - 1).replace(/\p{Cs}$/u, "")}…`;
}

/** Escapes a character as a string literal of JavaScript does. */
function escapeCharacter(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	const hex = code.toString(16);
	if (code > 0xffff) return `\\u{${hex}}`;
	return SHORT[character] ?? (code > 0xff ? `\\u${hex.padStart(4, "0")}` : `\\x${hex.padStart(2, "0")}`);
}
