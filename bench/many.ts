// `npm run bench:many`: what a shutdown costs with many idle connections, and how long it blocks the event loop.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measureShutdown, type ShutdownCost } from "./many/measure-shutdown.ts";
import { median } from "./median.ts";

const { values } = parseArgs({
	options: { counts: { type: "string", default: "100,1000,10000" }, rounds: { type: "string", default: "3" } },
});
const program = fileURLToPath(new URL("./fixtures/many-server.js", import.meta.url));
const LONGEST_TURN_MS = 50;

console.log(
	`Node ${process.version}, medians of ${values.rounds} shutdowns; the defaults: a linger of 1 s, a spread of 1 s\n`,
);
console.log(
	"| connections | exit after, ms | CPU, ms | memory before, MB | peak, MB | longest pause, ms | longest turn, ms of CPU | no closing message |",
);
console.log(`|${" --- |".repeat(8)}`);
for (const kind of ["http", "ws"] as const) {
	for (const count of values.counts.split(",").map(Number)) {
		const costs: ShutdownCost[] = [];
		for (let round = 0; round < Number(values.rounds); round++) {
			costs.push(await measureShutdown([process.execPath, program, kind], kind, count));
		}
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
