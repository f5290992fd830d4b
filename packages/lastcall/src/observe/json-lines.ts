import type { Observer } from "../core/events.ts";
import { toJson } from "../core/to-json.ts";
import { textOf } from "./event-text.ts";

/**
 * Tells a machine: one JSON object per event, with `time` (ISO 8601), `level`, `name`, `pid`, `msg` (the words of the plain
 * lines) and `event` (all there is to know, with errors as objects; of a long list the beginning, and how many were left out).
 * @param write takes one line, without a line end
 */
export function jsonLines(
	pid: number,
	write: (line: string) => void,
	now: () => string = () => new Date().toISOString(),
): Observer {
	return (event, { name }) => {
		const { level, lines } = textOf(event, `${name} (pid ${pid})`);
		write(toJson({ time: now(), level, name, pid, msg: lines.join("\n"), event }));
	};
}
