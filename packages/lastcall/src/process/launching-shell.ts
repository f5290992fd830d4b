import { constants } from "node:os";
import { maskIncludes } from "../core/signal-masks.ts";
import type { Warning } from "../core/warning.ts";
import type { Surroundings } from "./surroundings.ts";

/** The shells that start a command and wait for it. */
const SHELL = /^(sh|bash|dash|ash|busybox|zsh|ksh)$/;

/**
 * The commands that run another one and forward SIGTERM to it, so that a shell above them matters: docs/operating.md has the
 * measurements. `npm`, `npx` and `yarn` are always above a shell.
 */
const LAUNCHER = /^(tsx|ts-node(-[a-z]+)*|pnpm|pnpx|pnx|pn|dotenv|cross-env|nodemon)(\.[cm]?js)?$/;

/** The same, started by the path of its file. */
const LAUNCHER_FILE = /\/(tsx|ts-node|pnpm|dotenv-cli|cross-env|nodemon)\/(dist|bin|src)\/|\/dotenv-cli\/cli\.js$/;

/** These signal all processes below a shell that they have started: pnpm from version 12 on, which is not a script, and concurrently. */
const SIGNALS_ALL = /^[^\0]*\bpnpm\0|\/concurrently(\0|\/)/;

/** A chain of launchers is never this long. */
const MOST_LAUNCHERS = 8;

/** The shell that has started this program, and the launchers between the two. */
interface LaunchingShell {
	readonly pid: number;
	readonly name: string;
	readonly launchers: readonly string[];
}

/**
 * Warns if a shell has started the program, or the launchers that have started it, and forwards no signals: it waits in the foreground,
 * and ends at SIGTERM, or ignores it as PID 1. An interactive shell ignores SIGTERM and one with a trap handles it: no warning for those.
 */
export function checkShell(around: Surroundings): Warning | undefined {
	const shell = around.isAtTerminal ? undefined : findShell(around);
	if (shell === undefined) return undefined;
	const { which, fix } = describeFix(around, shell);
	const message =
		`started by a shell${which} that does not forward signals (${shell.name}, pid ${shell.pid}): ` +
		`SIGTERM does not reach this program; ${fix}`;
	return { code: "shell", message };
}

function findShell({ ppid, read }: Surroundings): LaunchingShell | undefined {
	const launchers: string[] = [];
	for (let pid = ppid; pid > 0 && launchers.length <= MOST_LAUNCHERS; ) {
		const status = read(`/proc/${pid}/status`);
		const name = /^Name:\s*(.*)$/m.exec(status)?.[1] ?? "";
		const above = Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1] ?? 0);
		if (SHELL.test(name)) {
			const isSignaled = !forwardsNothing(status) || SIGNALS_ALL.test(read(`/proc/${above}/cmdline`));
			return isSignaled ? undefined : { pid, name, launchers };
		}
		const launcher = findLauncher(read(`/proc/${pid}/cmdline`));
		if (launcher === undefined) return undefined;
		launchers.push(launcher);
		pid = above;
	}
	return undefined;
}

function forwardsNothing(status: string): boolean {
	const { SIGTERM } = constants.signals;
	return (["SigIgn", "SigCgt"] as const).every((mask) => maskIncludes(status, mask, SIGTERM) === false);
}

/** Returns the name of the launcher with this command line, or `undefined` if it is another program, such as a supervisor. */
function findLauncher(commandLine: string): string | undefined {
	const [program = "", ...args] = commandLine.split("\0");
	// pnpm changes its title.
	const title = /[^/ ]*$/.exec(program.split(" ")[0] ?? "")?.[0] ?? "";
	if (LAUNCHER.test(title)) return title;
	const script = args.find((arg) => !arg.startsWith("-")) ?? "";
	if (args.slice(0, args.indexOf(script)).some((arg) => arg.startsWith("--watch"))) return "node --watch";
	const file = script.slice(script.lastIndexOf("/") + 1);
	return LAUNCHER.exec(file)?.[1] ?? LAUNCHER_FILE.exec(script)?.[1];
}

function describeFix({ env, read }: Surroundings, { pid, launchers }: LaunchingShell): { which: string; fix: string } {
	const node = launchers.includes("tsx") ? "node --import tsx …" : "node …";
	// Everything that an npm script starts inherits npm's environment. Only npm's own shell has the script as its command line.
	const { npm_lifecycle_event: script, npm_lifecycle_script: command, npm_config_user_agent: agent = "npm" } = env;
	if (command === undefined || !read(`/proc/${pid}/cmdline`).includes(command)) {
		return { which: "", fix: `start it with "exec ${node}"` };
	}
	if (script === "npx")
		return { which: " of npx", fix: `start it with "${node}" or "node_modules/.bin/…", without npx` };
	const [manager] = agent.split("/");
	return {
		which: ` of "${manager} run ${script}"`,
		fix: `write "exec ${node}" in that script, or start node without ${manager}`,
	};
}
