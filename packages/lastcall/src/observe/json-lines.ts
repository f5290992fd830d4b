import type { Observer } from "../core/events.ts";
import { toJson } from "../core/to-json.ts";
import { describeEvent } from "./event-text.ts";

/**
 * Writes events as JSON, one object in each line: `time` (ISO 8601), `level`, `name`, `pid`, `msg` (the text of the plain lines) and
 * `event` (the whole event; errors are objects, and long lists are cut).
 * @param write takes one line, without a line end
 */
export function jsonLines(
	pid: number,
	write: (line: string) => void,
	now: () => string = () => new Date().toISOString(),
): Observer {
	return (event, { name }) => {
		const { level, lines } = describeEvent(event, `${name} (pid ${pid})`);
		write(toJson({ time: now(), level, name, pid, msg: lines.join("\n"), event }));
	};
}
