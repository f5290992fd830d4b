// `npm run balancer -- [--rolls 2] [--calm ms] [--rate 300] [--compute ms] [--only text] [--ending text]`
import { parseArgs } from "node:util";
import type { Configuration } from "./balancer.ts";
import { haproxies } from "./haproxy.ts";
import { nginx } from "./nginx.ts";
import { ENDINGS, type Ending } from "./replica.ts";
import { rollUnderLoad } from "./rig.ts";

const { values } = parseArgs({
	options: {
		rolls: { type: "string", default: "2" },
		calm: { type: "string", default: "10000" },
		rate: { type: "string", default: "300" },
		/** Milliseconds of CPU for each request. */
		compute: { type: "string", default: "0" },
		only: { type: "string", default: "" },
		ending: { type: "string" },
	},
});
const configurations = [...haproxies, nginx("1s"), nginx()];
const rolls = Number(values.rolls);
let lostByUs = 0;

const work = `${values.compute} ms of CPU for each request`;
console.log(`Node ${process.version}, 3 replicas, ${rolls} rolling restarts each, ${work}; times in ms\n`);
print([
	"load balancer",
	"ends by",
	"requests",
	"failed",
	"executed twice",
	"executed, not answered",
	"p50 calm → rolling",
	"p99 calm → rolling",
	"ratio",
]);
print(["---", "---", "--:", "--:", "--:", "--:", "--:", "--:", "--:"]);
for (const configuration of configurations.filter(({ name }) => name.includes(values.only))) {
	for (const ending of ENDINGS.filter((name) => name === (values.ending ?? name))) await row(configuration, ending);
}
process.exitCode = lostByUs > 0 ? 1 : 0;

async function row(configuration: Configuration, ending: Ending): Promise<void> {
	const [calmMs, requestsPerSecond] = [Number(values.calm), Number(values.rate)];
	const computeMs = Number(values.compute);
	const result = await rollUnderLoad({ configuration, ending, requestsPerSecond, rolls, calmMs, computeMs });
	const { requests, failed, executedTwice, executedUnanswered, calm, rolling } = result;
	print([
		configuration.name,
		ending,
		requests,
		failed,
		executedTwice,
		executedUnanswered,
		`${calm.p50.toFixed(1)} → ${rolling.p50.toFixed(1)}`,
		`${calm.p99.toFixed(1)} → ${rolling.p99.toFixed(1)}`,
		(rolling.p99 / calm.p99).toFixed(2),
	]);
	if (!result.isFair && ending === "lastcall")
		console.error("The machine is busy: the load balancer or the clients slept too long.");
	if (ending !== "lastcall") return;
	lostByUs += failed + executedTwice;
	for (const line of result.failures.slice(0, 10)) console.error(line);
	if (failed > 0) console.error(result.log);
}

function print(cells: readonly unknown[]): void {
	console.log(`| ${cells.join(" | ")} |`);
}
