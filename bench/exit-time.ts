// `npm run bench:exit`: how long after the last response a program exits, with clients that close the connection and clients that never do.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { markdownTable } from "markdown-table";
import { makeCertificate } from "./fixtures/certificate.ts";
import { HTTP2_REQUEST, Http2Closing } from "./many/http2-closing.ts";
import { median } from "./median.ts";

const { values } = parseArgs({
	options: { rounds: { type: "string", default: "20" }, linger: { type: "string", default: "500" } },
});
const program = fileURLToPath(new URL("./fixtures/exits-after.js", import.meta.url));
const env = { ...process.env, LINGER_MS: values.linger, ...(await makeCertificate()) };
const KINDS = { http: "HTTP/1.1", https: "HTTP/1.1 over TLS", http2: "HTTP/2" };
type Kind = keyof typeof KINDS;

/** Sends a request and reads what comes. */
function openClient(kind: Kind, port: number, closes: boolean): Socket {
	const where = { port, host: "127.0.0.1", allowHalfOpen: !closes };
	const socket = kind === "https" ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where);
	socket.on("error", () => {});
	if (kind === "http2") {
		socket.write(HTTP2_REQUEST);
		const http2 = new Http2Closing(socket);
		socket.on("data", (bytes: Buffer) => http2.received(bytes));
	} else {
		socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
		socket.resume();
	}
	return socket;
}

/** Stops a program with a request in flight. Returns the milliseconds from the end of its response to the exit. */
async function measureExit(kind: Kind, closes: boolean): Promise<number> {
	const child = spawn(process.execPath, [program, kind], { env, stdio: ["ignore", "pipe", "inherit", "ipc"] });
	const [{ port }] = (await once(child, "message")) as [{ port: number }];
	const inFlight = once(child, "message");
	const client = openClient(kind, port, closes);
	await inFlight;
	child.kill("SIGTERM");
	let printed = "";
	child.stdout?.setEncoding("utf8").on("data", (text: string) => {
		printed += text;
	});
	await once(child, "close");
	client.destroy();
	return Number(printed);
}

const rows: string[][] = [
	["connection", "the client closes it, ms", "the client never closes it, ms", "longest, less the linger, ms"],
];
for (const kind of Object.keys(KINDS) as Kind[]) {
	const [closing, open]: [number[], number[]] = [[], []];
	for (let round = 0; round < Number(values.rounds); round++) {
		closing.push(await measureExit(kind, true));
		open.push(await measureExit(kind, false));
	}
	const longest = Math.max(...open, ...closing) - Number(values.linger);
	rows.push([KINDS[kind], ...[median(closing), median(open), longest].map((ms) => ms.toFixed(0))]);
}
console.log(
	`Node.js ${process.version}; ${values.rounds} exits of each, medians; a linger of ${values.linger} ms, no spread\n`,
);
console.log(markdownTable(rows, { align: ["l", "r", "r", "r"] }));
