import type { ExitReport, RoundReport } from "../record/drill-report.ts";
import { isLossCode, isNote, REASON_TEXTS, type ReasonCode } from "../record/reason-codes.ts";
import { addResponses, countResponses, type Responses } from "../record/responses.ts";
import type { Reason, Verdict } from "../record/verdict.ts";
import { endedBy, exitStatus } from "./end-by-signal.ts";
import { errorFindings } from "./error-responses.ts";

/** What the verdict depends on besides what happened. */
export interface Limits {
	readonly twice: boolean;
	readonly exitCode?: readonly number[];
	readonly maxLost: number;
	readonly maxRefused?: number;
	readonly maxErrors: number;
	readonly maxExitMs?: number;
	readonly idleTimeout?: number;
}

/** How long the target may take to end after the SIGINT of `--twice`. */
const HARD_STOP_MS = 1_000;

/** How much longer than the load balancer's idle timeout the target has to keep a connection, as both are timers. */
export const IDLE_MARGIN_MS = 1_000;

const README = "https://www.npmjs.com/package/lastcall-drill";

/** What one round shows of one reason. */
interface Finding {
	readonly count: number;
	/** The statuses of the responses, if the reason is about them. */
	readonly responses?: Responses;
	/** How long a connection could be idle, if the reason is about that. */
	readonly idleMs?: number;
}

/** Judges all rounds together. */
export function judge(rounds: readonly RoundReport[], limits: Limits): Verdict {
	const lost = sum(rounds, ({ tally }) => tally.lost);
	// A SIGINT during the shutdown is a hard stop: the target may drop what is in flight.
	const mayLose = limits.twice ? Number.POSITIVE_INFINITY : limits.maxLost;
	const findings = rounds.map((round) => ({ round: round.round, found: findFindings(round, limits) }));
	const refused = sum(rounds, ({ tally }) => tally.refused);
	if (refused > (limits.maxRefused ?? Number.POSITIVE_INFINITY))
		for (const [i, { found }] of findings.entries())
			found.set("too-many-refused", { count: rounds[i]?.tally.refused ?? 0 });
	const reasons = (Object.keys(REASON_TEXTS) as ReasonCode[]).flatMap((code): Reason[] => {
		const showing = findings.filter(({ found }) => found.has(code));
		if (showing.length === 0) return [];
		const shown = showing.map(({ found }) => found.get(code) as Finding);
		const fails = isLossCode(code) ? lost > mayLose : !isNote(code, limits);
		return [makeReason(code, shown, { rounds: showing.map(({ round }) => round), fails })];
	});
	return { passed: !reasons.some(({ fails }) => fails), reasons };
}

function makeReason(code: ReasonCode, shown: readonly Finding[], where: Pick<Reason, "rounds" | "fails">): Reason {
	const { what, advice } = REASON_TEXTS[code];
	const count = sum(shown, (finding) => finding.count);
	const statuses = Object.entries(addResponses(shown.map(({ responses = {} }) => responses)))
		.map(([status, times]) => `${status} × ${times.toLocaleString("en-US")}`)
		.join(", ");
	const idleMs = Math.min(...shown.map((finding) => finding.idleMs ?? Number.POSITIVE_INFINITY));
	return { code, count, ...where, what: what(count, { statuses, idleMs }), advice, link: `${README}#${code}` };
}

/** Returns what is wrong in one round. */
function findFindings(round: RoundReport, limits: Limits): Map<ReasonCode, Finding> {
	const found = new Map<ReasonCode, Finding>();
	const note = (code: ReasonCode, count: number): void => void found.set(code, { count });
	for (const { reason } of round.lost) note(reason, (found.get(reason)?.count ?? 0) + 1);
	for (const [code, responses] of errorFindings(round, limits.maxErrors))
		found.set(code, { count: countResponses(responses), responses });
	const { exit, stop, leftProcesses, portHeld, answeredAfterExit, idleConnection } = round;
	if (exit !== undefined) {
		const code = exitFinding(exit, round, limits);
		if (code !== undefined) note(code, 1);
		if (exit.atMs > (limits.maxExitMs ?? Number.POSITIVE_INFINITY)) note("too-slow", 1);
	}
	if (stop.commandEndedMs !== undefined && stop.commandCode !== 0) note("stop-command", 1);
	const neededMs = (limits.idleTimeout ?? Number.POSITIVE_INFINITY) + IDLE_MARGIN_MS;
	if (idleConnection?.ended && idleConnection.heldMs < neededMs)
		found.set("keep-alive-too-short", { count: 1, idleMs: idleConnection.heldMs });
	if (leftProcesses.length > 0) note("left-process", leftProcesses.length);
	if (portHeld) note("port-held", 1);
	if (answeredAfterExit > 0) note("answered-after-exit", answeredAfterExit);
	return found;
}

function exitFinding(exit: ExitReport, { stop, lost }: RoundReport, limits: Limits): ReasonCode | undefined {
	if (exit.killed) return stop.againMs === undefined ? "killed-after-grace" : "second-signal";
	if (stop.againMs !== undefined && exit.atMs > stop.againMs + HARD_STOP_MS) return "second-signal";
	const dropped = lost.filter(({ reason }) => KNOWN_TO_SERVER.has(reason)).length;
	if (exit.code === 0 && dropped > 0) return "loss-hidden";
	const status = exitStatus(exit);
	// An unknown exit code can't be wrong. After a SIGINT any but 0 is right.
	if (status === undefined || stop.againMs !== undefined) return undefined;
	const isLossAtEnd = lost.some(({ reason }) => reason !== "lost-before-stop");
	if (exit.handledSignal === false && isLossAtEnd) return "no-handler";
	if (limits.exitCode !== undefined) return limits.exitCode.includes(status) ? undefined : "exit-code";
	if (endedBy(stop.by, exit)) return "ended-by-signal";
	return status === 0 ? undefined : "exit-code";
}

/** Losses that the server must have noticed. */
const KNOWN_TO_SERVER: ReadonlySet<ReasonCode> = new Set(["dropped-in-flight", "answer-cut", "stream-cut"]);

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
	return items.reduce((total, item) => total + of(item), 0);
}
