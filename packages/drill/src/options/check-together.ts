import type { DrillOptions } from "./drill-options.ts";
import { quote, UsageError } from "./usage-error.ts";

/** Checks options that depend on each other. Throws a `UsageError` for the first conflict. */
export function checkTogether(options: DrillOptions): void {
	checkTarget(options);
	const { command, pid, stopCommand, url, path, rounds, twice, group } = options;
	if (stopCommand !== undefined && command.length === 0 && url === undefined)
		throw new UsageError("--stop-command: needs --url, the URL of the target");
	if (path !== undefined && url !== undefined && `${url.pathname}${url.search}` !== "/")
		throw new UsageError(`--path: --url has a path too, ${quote(`${url.pathname}${url.search}`)}: give one of them`);
	if (pid !== undefined && rounds > 1)
		throw new UsageError(`--rounds: wanted 1, since a --pid can be stopped only once, got ${rounds}`);
	if (stopCommand !== undefined && (twice || group))
		throw new UsageError(`${twice ? "--twice" : "--group"}: applies to signals, and --stop-command sends none`);
}

/** There has to be one target. A command and a stop command together are one: how to start it and how to stop it. */
function checkTarget({ command, pid, stopCommand }: DrillOptions): void {
	if (command[0]?.trim() === "")
		throw new UsageError(`the command: wanted the name of a program, got ${quote(command[0])}`);
	const others = [command.length > 0 && "a command after --", stopCommand && "--stop-command"].filter(Boolean);
	if (others.length === 0 && pid === undefined)
		throw new UsageError("nothing to drill: give a command after --, a --pid or a --stop-command");
	if (others.length > 0 && pid !== undefined)
		throw new UsageError(`${[...others, "--pid"].join(" and ")} are different targets: give one of them`);
	if (pid === process.pid) throw new UsageError(`--pid: ${pid} is the drill itself`);
}
