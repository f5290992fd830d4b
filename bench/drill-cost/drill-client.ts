// Loads a server as the drill does, and prints what CPU time of this process each request took once the code was warm.
import { setTimeout as delay } from "node:timers/promises";
import { isWireName, WIRES } from "./wires.ts";

const [, , name, url = "", seconds] = process.argv;
const WARM_UP_MS = 1_000;

if (!isWireName(name)) throw new RangeError(`wanted a wire, got ${name}`);
const { protocol, hostname, port } = new URL(url);
const tls = protocol === "https:" ? { tls: { insecure: true } } : undefined;
const load = WIRES[name].start({ host: hostname, port: Number(port), ...tls });
await load.steady;
await delay(WARM_UP_MS);
const before = { ...load.tally };
const startedAtMs = performance.now();
const cpu = process.cpuUsage();
await delay(Number(seconds) * 1_000);
const { user, system } = process.cpuUsage(cpu);
const answered = load.tally.answered - before.answered;
const took = (performance.now() - startedAtMs) / 1_000;
await load.finish({ timeoutMs: 1_000 });
const { lost, refused } = load.tally;
if (refused > 0 || lost > 16) throw new Error(`${lost} lost and ${refused} refused: that is no measurement`);
console.log(JSON.stringify({ requestsPerSecond: answered / took, clientMicros: (user + system) / answered }));
