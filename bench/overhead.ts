// `npm run bench:overhead`: what lastcall costs a running service, in CPU time for each request, compared in turn with the bare server.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { backToBack, tally } from "lastcall-drill-clients";
import { median } from "./median.ts";

const { values } = parseArgs({
	options: { rounds: { type: "string", default: "10" }, seconds: { type: "string", default: "3" } },
});
const program = fileURLToPath(new URL("./fixtures/server.js", import.meta.url));

async function ask<Answer>(child: ChildProcess, question: string): Promise<Answer> {
	const answer = once(child, "message");
	child.send(question);
	return (await answer)[0] as Answer;
}

/** Microseconds of the server's CPU time for one request. */
async function measure(kind: "bare" | "lastcall"): Promise<number> {
	const child = fork(program, [kind]);
	const [{ port }] = (await once(child, "message")) as [{ port: number }];
	const at = { host: "127.0.0.1", port };
	// Warm-up: the same code is compiled in both first.
	const warmUp = backToBack(at, { connections: 32 });
	await delay(1_000);
	await warmUp.finish();
	const before = await ask<{ cpuMicros: number }>(child, "cpu");
	const load = backToBack(at, { connections: 32 });
	await delay(Number(values.seconds) * 1_000);
	const { answered } = tally(await load.finish());
	const after = await ask<{ cpuMicros: number }>(child, "cpu");
	child.send("exit");
	await once(child, "exit");
	return (after.cpuMicros - before.cpuMicros) / answered;
}

const bare: number[] = [];
const ours: number[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
	bare.push(await measure("bare"));
	ours.push(await measure("lastcall"));
}
const ratios = ours.map((micros, i) => micros / (bare[i] ?? Number.NaN));
console.log(
	`Node ${process.version}, ${values.rounds} pairs of ${values.seconds} s, CPU time of the server for each request`,
);
console.log(`bare      median ${median(bare).toFixed(2)} µs`);
console.log(`lastcall  median ${median(ours).toFixed(2)} µs`);
const spread = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
console.log(`ratio     median ${median(ratios).toFixed(3)}, ${spread}`);
