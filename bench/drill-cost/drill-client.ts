// Loads a server as the drill does, and prints what CPU time of this process each request took once the code was warm. The number of
// requests is given, not the time: what the first ones cost would otherwise weigh more on a busy machine.
import { setTimeout as delay } from "node:timers/promises";
import { isWireName, WIRES } from "./wires.ts";

const [, , name, url = "", count] = process.argv;
const LOOK_MS = 5;

if (!isWireName(name)) throw new RangeError(`wanted a wire, got ${name}`);
const { protocol, hostname, port } = new URL(url);
const tls = protocol === "https:" ? { tls: { insecure: true } } : undefined;
const load = WIRES[name].start({ host: hostname, port: Number(port), ...tls });

async function answered(atLeast: number): Promise<number> {
	while (load.tally.answered < atLeast) await delay(LOOK_MS);
	return load.tally.answered;
}

const before = await answered(Number(count) / 2);
const startedAtMs = performance.now();
const cpu = process.cpuUsage();
const after = await answered(before + Number(count));
const { user, system } = process.cpuUsage(cpu);
const took = (performance.now() - startedAtMs) / 1_000;
await load.end({ timeoutMs: 1_000 });
const { lost, refused } = load.tally;
if (refused > 0 || lost > 16) throw new Error(`${lost} lost and ${refused} refused: that is no measurement`);
const requests = after - before;
console.log(
	JSON.stringify({
		requestsPerSecond: requests / took,
		clientMicros: (user + system) / requests,
		systemMicros: system / requests,
	}),
);
