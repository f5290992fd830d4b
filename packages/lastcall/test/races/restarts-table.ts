// `npm run restarts -- [--restarts 25] [--scheme http|https]`: a server restarted again and again on one port.
import { parseArgs } from "node:util";
import { restartUnderLoad } from "./restarts.ts";

const { values } = parseArgs({
	options: { restarts: { type: "string", default: "25" }, scheme: { type: "string", default: "http" } },
});
const scheme = values.scheme === "https" ? "https" : "http";
const CLIENTS = [
	{ name: "16 at a time", clients: { concurrency: 16 } },
	{ name: "250 at a time", clients: { concurrency: 250 } },
	{ name: "100 a second", clients: { requestsPerSecond: 100 } },
	{ name: "500 a second", clients: { requestsPerSecond: 500 } },
];

console.log(`Node ${process.version}, ${values.restarts} restarts each on one port, over ${scheme}\n`);
console.log("| new connections | restarts apart | answered | lost | executed, not answered | refused | over 0.9 s |");
console.log("| --- | --: | --: | --: | --: | --: | --: |");
let lostInAll = 0;
for (const { name, clients } of CLIENTS) {
	for (const apartMs of [300, 1_000, 3_000]) {
		const restarts = Number(values.restarts);
		const result = await restartUnderLoad({ kind: "lastcall", scheme, restarts, apartMs, clients });
		const { answered, lost, executedUnanswered, refused, overASecond } = result;
		lostInAll += lost.length;
		const late = "requestsPerSecond" in clients ? overASecond : "";
		console.log(`| ${[name, `${apartMs} ms`, answered, lost.length, executedUnanswered, refused, late].join(" | ")} |`);
	}
}
process.exitCode = lostInAll > 0 ? 1 : 0;
