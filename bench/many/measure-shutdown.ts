import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Handshakes under way at a time: fewer than the backlog. */
const AT_A_TIME = 500;
/** A program that still runs then is killed. */
const LIMIT_MS = 30_000;

/** What the shutdown of one program cost. `NaN` where the program did not live to say it. */
export interface ShutdownCost {
	readonly exitMs: number;
	readonly cpuMs: number;
	readonly rssMb: number;
	readonly peakMb: number;
	readonly longestPauseMs: number;
	readonly longestTurnMs: number;
	/** Clients that did not get their protocol's closing message. */
	readonly notClosed: number;
}

interface Client {
	/** Resolves to true if the client got its protocol's closing message. */
	readonly closed: Promise<boolean>;
}

const requests = {
	http: "GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n",
	ws:
		"GET /room HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
} as const;

export type ConnectionKind = keyof typeof requests;

/** Opens a connection, and resolves when it is idle. Each 10,000 connections have another local address, since ports are finite. */
async function open(kind: ConnectionKind, port: number, number: number): Promise<Client> {
	const localAddress = `127.0.0.${2 + Math.floor(number / 10_000)}`;
	const socket: Socket = connect({ port, host: "127.0.0.1", localAddress });
	socket.on("error", () => {});
	socket.write(requests[kind]);
	await once(socket, "data");
	let received = "";
	socket.on("data", (bytes: Buffer) => {
		received += bytes.toString("latin1");
		// Answers the close frame with an empty one, masked.
		if (kind === "ws" && bytes[0] === 0x88) socket.write(Buffer.from([0x88, 0x80, 0, 0, 0, 0]));
	});
	const closed = new Promise<boolean>((resolve) => {
		const isRight = (): boolean =>
			kind === "http" ? received === "" : received.startsWith("\x88") && received.includes("\x03\xe9");
		socket.once("close", (hadError) => resolve(!hadError && isRight()));
	});
	return { closed };
}

/** Opens `count` idle connections. */
export async function openIdle(kind: ConnectionKind, port: number, count: number): Promise<Client[]> {
	const clients: Client[] = [];
	while (clients.length < count) {
		const numbers = Array.from({ length: Math.min(AT_A_TIME, count - clients.length) }, (_, i) => clients.length + i);
		clients.push(...(await Promise.all(numbers.map((number) => open(kind, port, number)))));
	}
	return clients;
}

/**
 * Starts a program, opens `count` idle connections to it and stops it.
 *
 * @param command sends `{ port }` to its parent, and prints at its exit what `printShutdownCost` measured
 */
export async function measureShutdown(
	command: readonly string[],
	kind: ConnectionKind,
	count: number,
	env: NodeJS.ProcessEnv = process.env,
): Promise<ShutdownCost> {
	const [file = "", ...args] = command;
	const child: ChildProcess = spawn(file, args, { env, stdio: ["ignore", "pipe", "inherit", "ipc"] });
	const [{ port }] = (await once(child, "message")) as [{ port: number }];
	let output = "";
	child.stdout?.setEncoding("utf8").on("data", (text: string) => {
		output += text;
	});
	const clients = await openIdle(kind, port, count);
	const stoppedAt = performance.now();
	const exited = once(child, "exit").then(() => performance.now() - stoppedAt);
	const ended = once(child, "close");
	child.kill("SIGTERM");
	const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
	const closures = await Promise.all(clients.map((client) => client.closed));
	const exitMs = await exited;
	clearTimeout(limit);
	await ended;
	const printed = /\{.*\}$/.exec(output)?.[0];
	const unknown = { cpuMs: Number.NaN, rssMb: Number.NaN, peakMb: Number.NaN };
	return {
		...unknown,
		longestPauseMs: Number.NaN,
		longestTurnMs: Number.NaN,
		...(JSON.parse(printed ?? "{}") as Partial<ShutdownCost>),
		exitMs,
		notClosed: closures.filter((ok) => !ok).length,
	};
}
