import { seededRandom } from "#src/load/seeded-random.js";
import type { ConnectionEnd } from "#src/record/connection-end.js";
import type { DrillReport, LoadData, RoundData } from "#src/record/drill-report.js";
import { PLAIN_LOSSES } from "#src/record/loss-rules.js";
import { type RequestRecord, tally } from "#src/record/outcome.js";
import { makePageData, type PageData, type PageRound } from "#src/report/page-data.js";
import { judge } from "#src/verdict/judge.js";
import { roundReport } from "#src/verdict/round-report.js";

/** Options of `samplePageData`. */
export interface SampleOptions {
	readonly seed?: number;
	readonly rounds?: number;
	/** How long the loads ran before the stop. */
	readonly beforeMs?: number;
	/** Connections of the load that makes a new one for each request, one after the other. */
	readonly newConnections?: number;
	/** The target drains: what was sent is answered, and it exits long after. */
	readonly drains?: boolean;
	readonly path?: string;
}

/** The data of a page, whose rounds have all been made. */
export interface SamplePageData extends PageData {
	readonly rounds: readonly PageRound[];
}

interface Client {
	readonly pauseMs: number;
	readonly answerMs: number;
}

/**
 * The data of a drill of a Node.js server without a signal handler: 32 connections back to back and 200 that pause. The process
 * ends at once, each request in flight is lost, and connections after that are refused.
 */
export function samplePageData(options: SampleOptions = {}): SamplePageData {
	const { rounds = 1, seed = 1 } = options;
	const data = Array.from({ length: rounds }, (_, index) => sampleRound(index + 1, seed + index, options));
	const { report, rounds: made } = makePageData(sampleReport(data, options.path ?? "/"), data);
	return { report, rounds: [...made] };
}

function sampleRound(round: number, seed: number, options: SampleOptions): RoundData {
	const { beforeMs = 400, newConnections = 0 } = options;
	const random = seededRandom(seed);
	const stoppedAtMs = 10_000;
	const goneAtMs = stoppedAtMs + (options.drains ? 1100 : 2) + random();
	const lastSentMs = options.drains ? stoppedAtMs + 90 : goneAtMs;
	const play = { random, startMs: stoppedAtMs - beforeMs, lastSentMs, goneAtMs };
	const loads = [
		clients("back-to-back", 32, { pauseMs: 0, answerMs: 3 }, play),
		clients("pausing", 200, { pauseMs: 20, answerMs: 1.5 }, play),
	];
	if (newConnections > 0) loads.push(oneEach("new-connections", newConnections, play));
	const report = roundReport({
		round,
		seed,
		stoppedAtMs,
		stop: { by: "SIGTERM", group: false },
		exit: { atMs: goneAtMs - stoppedAtMs, code: null, signal: "SIGTERM", killed: false },
		killedAtMs: undefined,
		lagMs: () => 0,
		leftProcesses: [],
		portHeld: false,
		loads,
	});
	return { report, stoppedAtMs, loads };
}

interface Play {
	readonly random: () => number;
	readonly startMs: number;
	readonly lastSentMs: number;
	readonly goneAtMs: number;
}

function clients(name: string, count: number, { pauseMs, answerMs }: Client, play: Play): LoadData {
	const { random, startMs, lastSentMs, goneAtMs } = play;
	const records: RequestRecord[] = [];
	const connections: ConnectionEnd[] = [];
	for (let connection = 0; connection < count; connection++) {
		const openedAtMs = startMs + random() * 5;
		let sentAtMs = openedAtMs + 0.1;
		let nth = 0;
		let answeredAtMs = 0;
		while (sentAtMs < lastSentMs) {
			const endedAtMs = sentAtMs + answerMs * (0.5 + random());
			const id = `${name}.0-${records.length}`;
			const request = { id, connection, nth, sentAtMs };
			if (endedAtMs < goneAtMs) records.push({ ...request, endedAtMs, outcome: "answered", status: 200 });
			else records.push({ ...request, endedAtMs: goneAtMs + random() * 0.4, ...lostHow(random()) });
			nth++;
			answeredAtMs = endedAtMs;
			sentAtMs = endedAtMs + 0.05 + random() * pauseMs;
		}
		const end = (lastSentMs < goneAtMs ? answeredAtMs : goneAtMs) + 0.1 + random() * 0.4;
		const how = lastSentMs < goneAtMs || random() < 0.7 ? "by-server" : "reset";
		const error = how === "reset" ? { error: "ECONNRESET" } : {};
		connections.push({ connection, how, ...error, askedAtMs: openedAtMs, openedAtMs, atMs: end });
		refusals(records, name, count + connection * 3, end, random);
	}
	return { name, losses: PLAIN_LOSSES, records, connections };
}

function lostHow(draw: number): Pick<RequestRecord, "outcome" | "status" | "error"> {
	if (draw < 0.55) return { outcome: "reset", error: "ECONNRESET" };
	if (draw < 0.75) return { outcome: "cut", status: 200 };
	return { outcome: "unanswered" };
}

function refusals(records: RequestRecord[], name: string, first: number, fromMs: number, random: () => number): void {
	for (let again = 0; again < 3; again++) {
		const sentAtMs = fromMs + again * 20 + random() * 2;
		records.push({
			id: `${name}.0-${records.length}`,
			connection: first + again,
			nth: 0,
			sentAtMs,
			endedAtMs: sentAtMs + 0.1 + random() * 0.3,
			outcome: "refused",
			error: "ECONNREFUSED",
		});
	}
}

/** Every request on a connection of its own, spread over the time; the last ones are lost. */
function oneEach(name: string, count: number, { random, startMs, goneAtMs }: Play): LoadData {
	const records: RequestRecord[] = [];
	const connections: ConnectionEnd[] = [];
	for (let connection = 0; connection < count; connection++) {
		const openedAtMs = startMs + ((goneAtMs - startMs) * connection) / count;
		const sentAtMs = openedAtMs + 0.1;
		const answeredAtMs = sentAtMs + 1 + random();
		const lost = answeredAtMs > goneAtMs;
		const endedAtMs = lost ? goneAtMs + random() * 0.3 : answeredAtMs;
		const request = { id: `${name}.0-${connection}`, connection, nth: 0, sentAtMs, endedAtMs };
		records.push(lost ? { ...request, ...lostHow(random()) } : { ...request, outcome: "answered", status: 200 });
		connections.push({
			connection,
			how: lost ? "reset" : "by-client",
			askedAtMs: openedAtMs,
			openedAtMs,
			atMs: endedAtMs + 0.05,
		});
	}
	return { name, losses: PLAIN_LOSSES, records, connections };
}

function sampleReport(data: readonly RoundData[], path: string): DrillReport {
	const sum = tally(data.flatMap(({ loads }) => loads.flatMap(({ records }) => [...records])));
	const rounds = data.map(({ report }) => report);
	return {
		version: 1,
		drill: { version: "0.1.0", node: "v20.20.2", platform: "linux x64" },
		startedAt: "2026-11-25T10:14:00.000Z",
		durationMs: 1234,
		target: { url: `http://127.0.0.1:8080${path}`, command: ["node", "server.js"], graceMs: 10_000 },
		loads: rounds[0]?.loads.map(({ name }) => name) ?? [],
		tally: sum,
		rounds,
		verdict: judge(rounds, { twice: false, maxLost: 0, maxErrors: 50 }),
	};
}
