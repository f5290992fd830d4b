import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { isLost } from "lastcall-drill";
import { Clients, PATHS, type Path, type Sent } from "./clients.ts";
import { type Finished, LINGER_MS, type SteppedServer } from "./stepped.ts";

/** One move of the scheduler. Between two moves the server is frozen and the kernel is not. */
export type Move =
	| { readonly move: "connect" }
	| { readonly move: "begin"; readonly client: number; readonly path: Path }
	| { readonly move: "send"; readonly client: number; readonly path: Path; readonly half: boolean }
	| { readonly move: "complete" | "pause" | "resume"; readonly client: number }
	/** Real time passes for the frozen server, whose timers are all late afterwards. */
	| { readonly move: "wait"; readonly ms: number }
	| { readonly move: "turns" | "finish" | "stop"; readonly turns: number };

const client = fc.nat(3);
const path = fc.constantFrom(...PATHS.filter((p) => p !== "/hang"));
// Few turns, to be in the midst of something; 60, each of a millisecond at least, to be past the accept queue.
const turns = fc.oneof({ weight: 4, arbitrary: fc.nat(6) }, { weight: 1, arbitrary: fc.constant(60) });
const connect = fc.constant<Move>({ move: "connect" });
const stop = fc.record({ move: fc.constant("stop" as const), turns });
const hang = fc.record({
	move: fc.constant("send" as const),
	client,
	path: fc.constant("/hang" as const),
	half: fc.constant(false),
});

const move: fc.Arbitrary<Move> = fc.oneof(
	{ weight: 2, arbitrary: connect },
	{ weight: 2, arbitrary: fc.record({ move: fc.constant("begin" as const), client, path }) },
	{ weight: 8, arbitrary: fc.record({ move: fc.constant("send" as const), client, path, half: fc.boolean() }) },
	{
		weight: 4,
		arbitrary: fc.record({ move: fc.constantFrom("complete" as const, "pause" as const, "resume" as const), client }),
	},
	{
		weight: 3,
		arbitrary: fc.record({ move: fc.constant("wait" as const), ms: fc.constantFrom(45, LINGER_MS + 10) }),
	},
	{ weight: 6, arbitrary: fc.record({ move: fc.constantFrom("turns" as const, "finish" as const), turns }) },
);

/** Any order of moves around one stop, with connections to move and, seldom, a request that hangs. */
export const moves: fc.Arbitrary<Move[]> = fc
	.tuple(
		fc.array(connect, { maxLength: 4 }),
		fc.array(move, { maxLength: 12 }),
		fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.tuple(hang) }),
		stop,
		fc.array(move, { maxLength: 12 }),
	)
	.map(([first, before, hanging, stop, after]) => [...first, ...before, ...hanging, stop, ...after]);

/** Plays the moves against a server of this kind and returns what was lost, a line each: nothing, if it is right. */
export async function play(
	server: SteppedServer,
	kind: "lastcall" | "bare",
	script: readonly Move[],
): Promise<string[]> {
	const clients = new Clients(await server.step<number>({ do: "open", kind }));
	let stoppedAt = Number.POSITIVE_INFINITY;
	for (const next of script) {
		if (next.move === "stop") stoppedAt = Math.min(stoppedAt, performance.now());
		await make(next, clients, server);
	}
	await clients.end();
	stoppedAt = Math.min(stoppedAt, performance.now());
	const finished = await server.step<Finished>({ do: "free" });
	// The server's loop must turn for its last bytes and ends to go out.
	await server.step({ do: "turns", turns: 3 });
	await clients.ended();
	return [...clients.sent.values()].flatMap((sent) => judge(sent, clients, finished, stoppedAt) ?? []);
}

async function make(next: Move, clients: Clients, server: SteppedServer): Promise<void> {
	switch (next.move) {
		case "connect":
			return clients.connect();
		case "begin":
			return clients.begin(next.client, next.path);
		case "send":
			return clients.send(next.client, next.path, next.half);
		case "complete":
		case "pause":
		case "resume":
			return clients[next.move](next.client);
		case "wait":
			return delay(next.ms);
		default:
			await server.step({ do: next.move, turns: next.turns });
			// What the server wrote is in our kernel buffers: read it.
			return delay(0);
	}
}

/** The oracle: a request is answered whole, or provably not processed, or named by the report as left. */
function judge(sent: Sent, clients: Clients, { executed, left }: Finished, stoppedAt: number): string | undefined {
	const outcome = sent.record?.outcome ?? "unanswered";
	const isExecuted = executed.includes(sent.id);
	const what = `${sent.id} ${sent.path} on connection ${sent.client}: ${outcome} ${sent.record?.error ?? ""}`;
	// One that hangs, or stands behind one that does, is the operator's: the report names it.
	if (sent.path === "/hang" || clients.isBehindHang(sent)) {
		const isNamed = left.some((name) => name.endsWith(sent.path));
		return isExecuted && isLost(outcome) && !isNamed ? `${what}, and not named in the report` : undefined;
	}
	if (isExecuted && outcome !== "answered") return `${what}, executed`;
	if (!isLost(outcome)) return undefined;
	// A request that comes when its idle connection has lingered may cross its end: HTTP/1.1 has no word for that.
	const lingeredUntil = Math.max(stoppedAt, clients.busyUntil(sent)) + LINGER_MS;
	return sent.headDoneAtMs >= lingeredUntil
		? undefined
		: `${what}, sent ${(sent.headDoneAtMs - stoppedAt).toFixed(1)} ms after the stop`;
}
