import { setTimeout as delay } from "node:timers/promises";
import { isLost } from "lastcall-drill-clients";
import type { Sent } from "./client.ts";
import { Clients } from "./clients.ts";
import type { Move, Schedule } from "./schedule.ts";
import { type Finished, type Kind, LINGER_MS, type SteppedServer } from "./stepped.ts";
import { Transcript } from "./transcript.ts";

/** The result of one run. */
export interface Played {
	/** What was lost, one line each: nothing if the server is right. */
	readonly lost: readonly string[];
	readonly transcript: Transcript;
}

/** Plays the moves against a server of this kind. */
export async function play(server: SteppedServer, kind: Kind, schedule: Schedule): Promise<Played> {
	const transcript = new Transcript();
	const port = await server.step<number>({ do: "open", kind });
	const clients = new Clients({ host: server.host, port });
	for (const next of schedule) await make(next, clients, server, transcript);
	clients.end();
	transcript.note("the clients complete what they have begun, and the server runs freely");
	const finishing = server.step<Finished>({ do: "free" });
	await Promise.race([finishing, clients.settled()]);
	if (clients.areHanging) server.hurry();
	const finished = await finishing;
	// The server's event loop must turn to send its last bytes and FINs.
	await server.step({ do: "turns", turns: 3, freezeIn: "timers" });
	const leftOpen = await clients.ended();
	transcript.noteAll(finished.noted);
	for (const sent of clients.sent) tell(sent, finished, transcript);
	const isHardStopped = schedule.some(({ move }) => move === "stopNow");
	const lost = clients.sent.flatMap((sent) => judge(sent, clients, finished, isHardStopped) ?? []);
	if (!isHardStopped && !clients.areHanging) lost.push(...judgeEnd(finished));
	if (leftOpen > 0) lost.push(`the server has left ${leftOpen} connections open`);
	return { lost, transcript };
}

async function make(next: Move, clients: Clients, server: SteppedServer, transcript: Transcript): Promise<void> {
	const { move, ...how } = next;
	const line = Object.entries(how).map(([name, value]) => `${name} ${value}`);
	const note = (more = ""): void => transcript.note(`${[move, ...line].join(", ")}${more}`);
	switch (next.move) {
		case "connect":
			note();
			return clients.connect();
		case "begin":
			return note(`: ${clients.begin(next.client, next.path) ?? "nothing, the connection takes no request"}`);
		case "send":
			return note(`: ${clients.send(next.client, next.path, next.half) ?? "nothing, the connection takes no request"}`);
		case "wait":
			note();
			return delay(next.ms);
		case "turns":
			note();
			await server.step({ do: "turns", turns: next.turns, freezeIn: next.freezeIn });
			break;
		case "finish":
		case "stop":
		case "stopNow":
			note();
			await server.step({ do: next.move, turns: next.turns });
			break;
		default:
			note();
			return clients.do(next.client, next.move);
	}
	// What the server wrote is in this process's kernel buffers: read it.
	await delay(0);
}

function tell(sent: Sent, { finishedAtMs }: Finished, transcript: Transcript): void {
	const { id, path, client, record, headDoneAtMs, settledAtMs } = sent;
	const { outcome = "no outcome", status = "", error = "", detail = "" } = record ?? {};
	if (Number.isFinite(headDoneAtMs)) transcript.note(`${id} ${path}, connection ${client}: head written`, headDoneAtMs);
	const finished = finishedAtMs.get(id);
	if (finished !== undefined) transcript.note(`${id} ${path}, connection ${client}: its handler finished`, finished);
	const what = [outcome, status, error, detail].filter((word) => word !== "").join(" ");
	if (record !== undefined) transcript.note(`${id} ${path}, connection ${client}: ${what}`, settledAtMs);
}

/** The oracle: a request gets a complete response, or was provably not processed, or is left in the report. */
function judge(sent: Sent, clients: Clients, finished: Finished, isHardStopped: boolean): string | undefined {
	const { executed, finishedAtMs, halfEvents, stoppedAtMs, left } = finished;
	const { id, path, client, record, headDoneAtMs } = sent;
	const outcome = record?.outcome ?? "unanswered";
	const times = executed.filter((other) => other === id).length;
	const what = `${id} ${path} on connection ${client}: ${outcome} ${record?.error ?? record?.detail ?? ""}`;
	if (times > 1) return `${what}, executed ${times} times`;
	if (sent.isGivenUp) return undefined;
	// A request that hangs, one after it on its connection, and any at a hard stop may be unanswered: the report names what was left.
	if (isHardStopped || clients.hangs(sent)) {
		const isNamed = finishedAtMs.has(id) || left.some((name) => name.endsWith(path));
		return times > 0 && isLost(outcome) && !isNamed ? `${what}, and not named in the report` : undefined;
	}
	if (record?.detail === "mid-event" && halfEvents.has(id)) return undefined;
	const mayBeReset =
		hasLateBody(sent, finished) || clients.after(sent).some((later) => comesTooLate(later, clients, finished));
	if (finishedAtMs.has(id) && mayBeReset) return undefined;
	if (times > 0 && outcome !== "answered") return `${what}, executed`;
	if (!isLost(outcome)) return undefined;
	// An endless event stream was ended, as nothing came after it on its connection: the end may cross this request.
	const isBehindEvents = clients.before(sent).some((earlier) => earlier.path === "/events");
	if (isBehindEvents && headDoneAtMs >= stoppedAtMs) return undefined;
	if (comesTooLate(sent, clients, finished)) return undefined;
	return `${what}, sent ${(headDoneAtMs - stoppedAtMs).toFixed(1)} ms after the stop`;
}

/**
 * Returns true if the request came when its idle connection had lingered: it may cross the end of the connection, which HTTP/1.1 can't
 * rule out. It is then answered with a reset, which discards what its client has not read of the responses before it, if that had stopped
 * reading for so long (RFC 9112, section 9.6).
 */
function comesTooLate(sent: Sent, clients: Clients, { finishedAtMs, stoppedAtMs }: Finished): boolean {
	const busyUntilMs = clients.before(sent).map((earlier) => finishedAtMs.get(earlier.id) ?? 0);
	return sent.headDoneAtMs >= Math.max(stoppedAtMs, ...busyUntilMs) + LINGER_MS;
}

/**
 * Returns true if a part of the body came when its handler had finished and its client had been silent for the linger. It is answered
 * with a reset, as a request would be.
 */
function hasLateBody({ id, bodyAtMs }: Sent, { finishedAtMs, stoppedAtMs }: Finished): boolean {
	const busyUntilMs = Math.max(stoppedAtMs, finishedAtMs.get(id) ?? 0);
	return bodyAtMs.some((atMs, i) => i > 0 && atMs >= Math.max(busyUntilMs, bodyAtMs[i - 1] ?? 0) + LINGER_MS);
}

/** A response with an end was waited for, however long it took. */
function judgeEnd({ left, isHardStopped }: Finished): string[] {
	return isHardStopped || left.length > 0 ? [`the drain did not end by itself: left ${left.join(", ")}`] : [];
}
