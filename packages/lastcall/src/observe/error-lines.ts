import { inspect } from "node:util";
import { stringOf, tryGet } from "../core/try-get.ts";

/** No more than this of one error: it may carry thousands of others, or a response of a server. */
const MOST_LINES = 100;
const MOST_CHARACTERS = 8_000;
const HOW = { maxArrayLength: 10, maxStringLength: 2_000 } as const;

/**
 * An error in lines, with its stack and its causes, whatever it is. All but the first are indented by 4 at least, as those of a
 * stack are, and no other line of the log is by as much: what stands in an error can't be taken for what lastcall tells.
 */
export function errorLines(error: unknown): string[] {
	const all = shown(error);
	const [first = "", ...others] = all.slice(0, MOST_CHARACTERS).split(/\r?\n/);
	const some = others.slice(0, MOST_LINES - 1).map((line) => (line.startsWith("    ") ? line : `    ${line}`));
	return all.length > MOST_CHARACTERS || some.length < others.length ? [first, ...some, "    …"] : [first, ...some];
}

/**
 * Its message comes first where it isn't in what there is to show: the stack of an error keeps the message that it began with. An
 * error can't be inspected where a getter throws, or its own way to be inspected does (on some versions of Node.js).
 */
function shown(error: unknown): string {
	const text: unknown = tryGet(() => inspect(error, HOW)) ?? tryGet(() => (error as Error).stack);
	const message: unknown = tryGet(() => (error instanceof Error ? error.message : undefined));
	const isSaid = typeof message !== "string" || (typeof text === "string" && text.includes(message));
	const parts = [isSaid ? "" : message, text].filter((part) => typeof part === "string" && part !== "");
	return parts.join("\n") || stringOf(error);
}
