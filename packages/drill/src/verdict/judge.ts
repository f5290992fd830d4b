import type { DrillOptions } from "../options/drill-options.ts";
import type { ExitReport, RoundReport } from "../report/drill-report.ts";
import { isLossCode, REASON_TEXTS, type ReasonCode } from "./reason-codes.ts";
import type { Reason, Verdict } from "./verdict.ts";

/** What the verdict depends on besides what happened. */
export type Limits = Pick<DrillOptions, "twice" | "exitCode" | "maxLost" | "maxRefused" | "maxExitMs" | "idleTimeout">;

/** How long after the SIGINT of `--twice` a target may take to be gone. */
const HARD_STOP_MS = 1_000;

/** Without `--idle-timeout` it is a note: no load balancer is known. */
const TOO_SHORT = "keep-alive-too-short";
/** For so much longer than the load balancer's idle timeout the target has to keep a connection: both are timers. */
export const IDLE_MARGIN_MS = 1_000;

const README = "https://www.npmjs.com/package/lastcall-drill";

/** Judges all rounds together. */
export function judge(rounds: readonly RoundReport[], limits: Limits): Verdict {
	const lost = sum(rounds, ({ tally }) => tally.lost);
	// A SIGINT during the shutdown asks the target to drop what is in flight.
	const mayLose = limits.twice ? Number.POSITIVE_INFINITY : limits.maxLost;
	const findings = rounds.map((round) => ({ round: round.round, found: findingsOf(round, limits) }));
	const refused = sum(rounds, ({ tally }) => tally.refused);
	const tooManyRefused = refused > (limits.maxRefused ?? Number.POSITIVE_INFINITY);
	const reasons = (Object.keys(REASON_TEXTS) as ReasonCode[]).flatMap((code): Reason[] => {
		const showing = findings.filter(({ found }) => found.has(code));
		const isRefused = code === "too-many-refused" && tooManyRefused;
		const count = isRefused ? refused : sum(showing, ({ found }) => found.get(code) ?? 0);
		if (count === 0) return [];
		const fails = code === TOO_SHORT ? limits.idleTimeout !== undefined : !isLossCode(code) || lost > mayLose;
		const shownIn = isRefused ? rounds : rounds.filter((_, i) => findings[i]?.found.has(code));
		return [reasonOf(code, count, shownIn, fails)];
	});
	return { passed: !reasons.some(({ fails }) => fails), reasons };
}

function reasonOf(code: ReasonCode, count: number, shownIn: readonly RoundReport[], fails: boolean): Reason {
	const { what, advice } = REASON_TEXTS[code];
	const rounds = shownIn.map(({ round }) => round);
	return { code, count, rounds, fails, what: what(count, shownIn), advice, link: `${README}#${code}` };
}

/** What is wrong in one round, and how many requests or processes it concerns. */
function findingsOf(round: RoundReport, limits: Limits): Map<ReasonCode, number> {
	const found = new Map<ReasonCode, number>();
	for (const { reason } of round.lost) found.set(reason, (found.get(reason) ?? 0) + 1);
	const { exit, stop, leftProcesses, portHeld, answeredAfterExit, idleConnection } = round;
	if (exit !== undefined) {
		const code = exitFinding(exit, round, limits);
		if (code !== undefined) found.set(code, 1);
		if (exit.atMs > (limits.maxExitMs ?? Number.POSITIVE_INFINITY)) found.set("too-slow", 1);
	}
	if (stop.commandEndedMs !== undefined && stop.commandCode !== 0) found.set("stop-command", 1);
	const neededMs = (limits.idleTimeout ?? Number.POSITIVE_INFINITY) + IDLE_MARGIN_MS;
	if (idleConnection?.ended && idleConnection.heldMs < neededMs) found.set(TOO_SHORT, 1);
	if (leftProcesses.length > 0) found.set("left-process", leftProcesses.length);
	if (portHeld) found.set("port-held", 1);
	if (answeredAfterExit > 0) found.set("answered-after-exit", answeredAfterExit);
	return found;
}

function exitFinding(exit: ExitReport, { stop, tally, lost }: RoundReport, limits: Limits): ReasonCode | undefined {
	if (exit.killed) return stop.againMs === undefined ? "killed-after-grace" : "second-signal";
	if (stop.againMs !== undefined && exit.atMs > stop.againMs + HARD_STOP_MS) return "second-signal";
	const dropped = lost.filter(({ reason }) => KNOWN_TO_SERVER.has(reason)).length;
	if (exit.code === 0 && dropped > 0) return "loss-hidden";
	// Dying of the signal is a clean end (systemd and shells take it for one), unless it dropped something.
	if (exit.signal === stop.by) return tally.lost > 0 && stop.againMs === undefined ? "no-handler" : undefined;
	// Where there is no exit code to be had, nothing is wrong with it.
	if (exit.code === null && exit.signal === null) return undefined;
	if (stop.againMs !== undefined) return undefined;
	return exit.code !== null && limits.exitCode.includes(exit.code) ? undefined : "exit-code";
}

/** Losses that no server can overlook. */
const KNOWN_TO_SERVER: ReadonlySet<ReasonCode> = new Set(["dropped-in-flight", "answer-cut", "stream-cut"]);

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
	return items.reduce((total, item) => total + of(item), 0);
}
