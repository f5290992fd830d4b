// `npm run bench:many`: what a shutdown costs with many idle connections, and how long it blocks the event loop.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeCertificate } from "./fixtures/certificate.ts";
import { measureShutdown, type ShutdownCost } from "./many/measure-shutdown.ts";
import type { ConnectionKind } from "./many/open-idle.ts";
import { median } from "./median.ts";

const LONGEST_TURN_MS = 50;
const NAMES: Readonly<Record<ConnectionKind, string>> = {
	http: "idle HTTP/1.1",
	https: "idle HTTP/1.1 over TLS",
	http2: "idle HTTP/2",
	ws: "WebSockets",
	events: "event streams",
};

const { values } = parseArgs({
	options: {
		counts: { type: "string", default: "100,1000,10000" },
		kinds: { type: "string", default: Object.keys(NAMES).join(",") },
		rounds: { type: "string", default: "3" },
		grace: { type: "string", default: "10000" },
	},
});
const program = fileURLToPath(new URL("./fixtures/many-server.js", import.meta.url));
const env = {
	...process.env,
	LASTCALL_GRACE_PERIOD_MS: values.grace,
	...(await makeCertificate()),
};

console.log(
	`Node ${process.version}, medians of ${values.rounds} shutdowns with a grace period of ${values.grace} ms, a linger of 1 s, a spread of 1 s\n`,
);
console.log(
	"| connections | exit after, ms | CPU, ms | memory before, MB | peak, MB | longest pause, ms | longest turn, ms of CPU | no closing message |",
);
console.log(`|${" --- |".repeat(8)}`);
for (const kind of values.kinds.split(",") as ConnectionKind[]) {
	for (const count of values.counts.split(",").map(Number)) {
		const costs: ShutdownCost[] = [];
		for (let round = 0; round < Number(values.rounds); round++) {
			costs.push(await measureShutdown([process.execPath, program, kind], kind, count, env));
		}
		const columns = (
			["exitMs", "cpuMs", "rssMb", "peakMb", "longestPauseMs", "longestTurnMs", "notClosed"] as const
		).map((column) => median(costs.map((cost) => cost[column])).toFixed(0));
		console.log(`| ${count} ${NAMES[kind]} | ${columns.join(" | ")} |`);
		if (
			median(costs.map(({ longestTurnMs }) => longestTurnMs)) > LONGEST_TURN_MS ||
			costs.some(({ notClosed }) => notClosed > 0)
		) {
			process.exitCode = 1;
		}
	}
}
