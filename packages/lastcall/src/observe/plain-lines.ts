import type { Observer } from "../core/events.ts";
import { textOf } from "./event-text.ts";

/**
 * Tells the operator in plain lines: who we are, which phase it is, what is in flight by name and age, how it ended.
 * @param who names the program in the first line
 * @param write takes one line, without a line end
 */
export function plainLines(who: string, write: (line: string) => void): Observer {
	return (event) => {
		const { level, lines } = textOf(event, who);
		if (level !== "debug") for (const line of lines) write(`lastcall: ${line}`);
	};
}
