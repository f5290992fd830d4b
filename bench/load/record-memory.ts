// Prints what memory the records of many requests take. Needs `--expose-gc`.
import { setTimeout as delay } from "node:timers/promises";
import { backToBack } from "lastcall-drill-clients";

const [, , url = "", count] = process.argv;
const { hostname, port } = new URL(url);

async function heapBytes(): Promise<number> {
	// What a promise or a socket still holds is released in the turn after next.
	await delay(100);
	globalThis.gc?.();
	return process.memoryUsage().heapUsed;
}

async function records(): Promise<readonly unknown[]> {
	const load = backToBack({ host: hostname, port: Number(port) });
	while (load.tally.total < Number(count)) await delay(10);
	return load.finish();
}

// Run once before, so that code and buffers are not counted.
await records();
const before = await heapBytes();
const held = await records();
const after = await heapBytes();
console.log(((after - before) / held.length) * 100_000);
