// `npm run bench:many`: what a shutdown costs with many idle connections, and how long it blocks the event loop.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median } from "./median.ts";

const { values } = parseArgs({
	options: { counts: { type: "string", default: "100,1000,10000" }, rounds: { type: "string", default: "3" } },
});
const program = fileURLToPath(new URL("./fixtures/many-server.js", import.meta.url));
/** Handshakes under way at a time: fewer than the backlog. */
const AT_A_TIME = 500;
const LONGEST_TURN_MS = 50;

interface Cost {
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
	http: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
	ws:
		"GET /room HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
} as const;

type Kind = keyof typeof requests;

/** Opens a connection, and resolves when it is idle. Each 10,000 connections have another local address, since ports are finite. */
async function open(kind: Kind, port: number, number: number): Promise<Client> {
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

async function measure(kind: Kind, count: number): Promise<Cost> {
	const child: ChildProcess = fork(program, [kind], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
	const [{ port }] = (await once(child, "message")) as [{ port: number }];
	let output = "";
	child.stdout?.setEncoding("utf8").on("data", (text: string) => {
		output += text;
	});
	const clients: Client[] = [];
	while (clients.length < count) {
		const numbers = Array.from({ length: Math.min(AT_A_TIME, count - clients.length) }, (_, i) => clients.length + i);
		clients.push(...(await Promise.all(numbers.map((number) => open(kind, port, number)))));
	}
	const stoppedAt = performance.now();
	const exited = once(child, "exit").then(() => performance.now() - stoppedAt);
	const closed = once(child, "close");
	child.kill("SIGTERM");
	const closures = await Promise.all(clients.map((client) => client.closed));
	const exitMs = await exited;
	await closed;
	return {
		...(JSON.parse(output) as Omit<Cost, "exitMs" | "notClosed">),
		exitMs,
		notClosed: closures.filter((ok) => !ok).length,
	};
}

console.log(
	`Node ${process.version}, medians of ${values.rounds} shutdowns; the defaults: a linger of 1 s, a spread of 1 s\n`,
);
console.log(
	"| connections | exit after, ms | CPU, ms | memory before, MB | peak, MB | longest pause, ms | longest turn, ms of CPU | no closing message |",
);
console.log(`|${" --- |".repeat(8)}`);
for (const kind of ["http", "ws"] as const) {
	for (const count of values.counts.split(",").map(Number)) {
		const costs: Cost[] = [];
		for (let round = 0; round < Number(values.rounds); round++) costs.push(await measure(kind, count));
		const columns = (
			["exitMs", "cpuMs", "rssMb", "peakMb", "longestPauseMs", "longestTurnMs", "notClosed"] as const
		).map((column) => median(costs.map((cost) => cost[column])).toFixed(0));
		console.log(`| ${count} ${kind === "http" ? "idle HTTP/1.1" : "WebSockets"} | ${columns.join(" | ")} |`);
		if (
			median(costs.map(({ longestTurnMs }) => longestTurnMs)) > LONGEST_TURN_MS ||
			costs.some(({ notClosed }) => notClosed > 0)
		) {
			process.exitCode = 1;
		}
	}
}
