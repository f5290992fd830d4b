import type { Observer } from "../core/events.ts";
import { toJson } from "../core/to-json.ts";
import { textOf } from "./event-text.ts";

/**
 * Tells a machine: one JSON object per event, with `time` (ISO 8601), `level`, `name`, `pid`, `msg` (the words of the plain
 * lines) and `event` (all there is to know, with errors as objects).
 * @param write takes one line, without a line end
 */
export function jsonLines(
	pid: number,
	write: (line: string) => void,
	now: () => string = () => new Date().toISOString(),
): Observer {
	return (event, { name }) => {
		const { level, lines } = textOf(event, `${name} (pid ${pid})`);
		const known = { time: now(), level, name, pid, msg: lines.join("\n") };
		try {
			write(toJson({ ...known, event }));
		} catch {
			// An error of the program may carry anything, even itself; the words are always there.
			write(JSON.stringify({ ...known, event: { type: event.type } }));
		}
	};
}
