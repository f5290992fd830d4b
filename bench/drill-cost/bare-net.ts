// The least that a new connection for each request costs through `node:net`: it connects, writes, reads once and closes, 32 at a
// time, and looks at nothing. Prints what `drill-client.ts` prints.
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const [, , url = "", count] = process.argv;
const { hostname: host, port } = new URL(url);
const buffer = Buffer.alloc(65_536);
const REQUEST = `GET / HTTP/1.1\r\nhost: ${host}:${port}\r\n\r\n`;
let answered = 0;

function open(): void {
	const onread = {
		buffer,
		callback: (): boolean => {
			answered++;
			socket.destroy();
			return false;
		},
	};
	const socket = connect({ host, port: Number(port), noDelay: true, allowHalfOpen: true, onread });
	socket.on("connect", () => socket.write(REQUEST, "latin1"));
	socket.on("close", open);
	socket.on("error", () => {});
}

async function reached(atLeast: number): Promise<number> {
	while (answered < atLeast) await delay(5);
	return answered;
}

for (let number = 0; number < 32; number++) open();
const before = await reached(Number(count) / 2);
const startedAtMs = performance.now();
const cpu = process.cpuUsage();
const requests = (await reached(before + Number(count))) - before;
const { user, system } = process.cpuUsage(cpu);
const requestsPerSecond = requests / ((performance.now() - startedAtMs) / 1_000);
console.log(
	JSON.stringify({ requestsPerSecond, clientMicros: (user + system) / requests, systemMicros: system / requests }),
);
process.exit();
