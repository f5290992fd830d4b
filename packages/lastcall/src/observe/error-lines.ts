import { debuglog, inspect } from "node:util";
import { isExpected } from "../core/expected-error.ts";
import { isError } from "../core/is-error.ts";
import { toText, tryGet } from "../core/try-get.ts";

/** The limits of one error: it may contain thousands of others, or a whole response of a server. */
const MOST_LINES = 100;
const MOST_CHARACTERS = 8_000;
const INSPECT_OPTIONS = { maxArrayLength: 10, maxStringLength: 2_000 } as const;

/**
 * Returns an error as lines, with its stack and its causes; the message alone if that says everything (`markExpected`). All lines but
 * the first are indented by at least 4 spaces, and no other line of the log is. So the text of an error cannot pretend to be a line of lastcall.
 */
export function errorLines(error: unknown): string[] {
	const all = isExpected(error) && !debuglog("lastcall").enabled ? toText(error.message) : show(error);
	const [first = "", ...others] = all.slice(0, MOST_CHARACTERS).split(/\r?\n/);
	const some = others.slice(0, MOST_LINES - 1).map((line) => (line.startsWith("    ") ? line : `    ${line}`));
	return all.length > MOST_CHARACTERS || some.length < others.length ? [first, ...some, "    …"] : [first, ...some];
}

/**
 * Returns an error as text. Its message comes first if the inspected error does not contain it: the stack has the message that the
 * error was created with. Inspection fails if a getter throws, or (on some versions of Node.js) the error's own inspect method.
 */
function show(error: unknown): string {
	const text: unknown = tryGet(() => inspect(error, INSPECT_OPTIONS)) ?? tryGet(() => (error as Error).stack);
	const message: unknown = tryGet(() => (isError(error) ? error.message : undefined));
	const hasMessage = typeof message !== "string" || (typeof text === "string" && text.includes(message));
	const parts = [hasMessage ? "" : message, text].filter((part) => typeof part === "string" && part !== "");
	return parts.join("\n") || toText(error);
}
