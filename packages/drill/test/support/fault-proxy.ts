import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Outcome } from "#src/record/outcome.js";
import type { Origin } from "#src/wire/open-socket.js";
import { tcpServer } from "./tcp-server.ts";

/** What the proxy does with a request. `actionFor` chooses it. */
type Action = "answer" | "delay" | "turn-away" | "cut" | "drop" | "reset";

/** The outcome that a client must record for it. */
const OUTCOMES: Readonly<Record<Action, Outcome>> = {
	answer: "answered",
	delay: "answered",
	"turn-away": "turned-away",
	cut: "cut",
	drop: "unanswered",
	reset: "reset",
};

const FAULTS: Readonly<Record<number, Action>> = { 3: "delay", 7: "drop", 11: "reset", 13: "cut", 17: "turn-away" };

/** A server that treats each request as its id says, and records what it did. It knows just enough HTTP for that. */
export interface FaultProxy {
	readonly target: Origin;
	/** By id, the outcome that the client must record. */
	readonly done: ReadonlyMap<string, Outcome>;
	/** Resolves when `count` requests have been treated. */
	seen(count: number): Promise<void>;
	close(): Promise<void>;
}

/** Starts a proxy for clients that send `depth` requests in one write. */
export async function faultProxy(depth = 1): Promise<FaultProxy> {
	const done = new Map<string, Outcome>();
	let look = (): void => {};
	const { target, close } = await tcpServer((socket) => {
		let received = "";
		let turn = Promise.resolve();
		socket.setEncoding("latin1").on("data", (text: string) => {
			received += text;
			// Complete writes only: otherwise the proxy would reset a connection without knowing what else was on its way.
			for (let heads = received.split("\r\n\r\n"); heads.length > depth; heads = received.split("\r\n\r\n")) {
				const ids = heads.slice(0, depth).map(idIn);
				received = heads.slice(depth).join("\r\n\r\n");
				turn = turn.then(() => treat(socket, ids, done)).then(look);
			}
		});
	});
	return {
		target,
		done,
		seen: (count) =>
			new Promise((resolve) => {
				look = () => {
					if (done.size >= count) resolve();
				};
				look();
			}),
		close,
	};
}

async function treat(socket: Socket, ids: readonly string[], done: Map<string, Outcome>): Promise<void> {
	let fate: Action | undefined;
	for (const id of ids) {
		const action = fate ?? actionFor(id);
		// Recorded before the action: the client may be faster.
		done.set(id, OUTCOMES[action]);
		if (fate === undefined) await act(socket, action);
		// The requests after a FIN see only the FIN; those after a reset see the reset.
		if (action === "reset") fate = "reset";
		else if (action === "cut" || action === "drop") fate = "drop";
	}
}

async function act(socket: Socket, action: Action): Promise<void> {
	if (action === "delay") await delay(30);
	if (action === "answer" || action === "delay")
		socket.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789");
	else if (action === "turn-away") socket.write("HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nBusy");
	else if (action === "cut") socket.end("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n01234");
	else if (action === "drop") socket.end();
	else socket.resetAndDestroy();
}

/** Five of twenty requests get a fault. */
function actionFor(id: string): Action {
	return FAULTS[Number(/\d+$/.exec(id)?.[0]) % 20] ?? "answer";
}

function idIn(head: string): string {
	return /^x-request-id: (.+)$/im.exec(head)?.[1]?.trim() ?? "";
}
