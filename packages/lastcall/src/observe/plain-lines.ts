import type { Observer } from "../core/events.ts";
import { describeEvent } from "./event-text.ts";
import { prefixed } from "./log-prefix.ts";

/**
 * Writes events as plain lines for an operator.
 * @param program the name of the program, for the first line
 * @param write takes one line, without a line end
 */
export function plainLines(program: string, write: (line: string) => void): Observer {
	return (event) => {
		const { level, lines } = describeEvent(event, program);
		if (level !== "debug") for (const line of lines) write(prefixed(line));
	};
}
