import type { Part, Results } from "../results.ts";
import { NODE_MAJOR } from "../subjects.ts";
import { costTable, lostTables, scaleTable } from "./tables.ts";
import { worstCost, worstLost, worstScale } from "./worst.ts";

const INTRO = `# Side by side

lastcall, Node.js alone, the libraries that shut servers down, frameworks and other runtimes: what is lost, what it costs, and how it scales.
\`npm run bench\` writes this page, its charts and \`bench/results/results.json\`. Every program is in \`bench/compare/programs\`, written as
the library's own documentation shows it, with a time limit of 4 s where it has one; every peer on Node.js runs on Node.js ${NODE_MAJOR}.
A dash: the peer can't do that, or it can't be measured of it.
`;

const LOST = `## Lost

By the [drill](../packages/drill/README.md): requests lost of those sent on an open connection, with a grace period of 5 s, after which the
program is killed. "0 ms" and "2 ms" are what a handler computes; http and https: 40 kept-alive clients back to back and 16 that open a
connection for each request; http2: 8 sessions with 8 streams. An event stream without an end may stop after any event, and one with an end (a
POST) may not. The chart has the loss in one stop.`;

const COST = `## Cost

Bytes: of the heap, for each of 2,000 idle connections. Import: over \`node:http\`. Installed: by
\`npm install\`, dependencies included. What lastcall adds to a request, in instructions, is in
[measurements.md](measurements.md#a-running-service-npm-run-benchinstructions-npm-run-benchoverhead).`;

const SCALE = `## Scale

Idle HTTP/1.1 connections, each after one request. From the signal to the exit, the longest turn of the event loop, and the CPU time of the
shutdown; with the defaults of each library, but for the time limit of 4 s. A dash: it ends by a signal, so that it
can't say.`;

function about({ date, rounds, isQuick, machine }: Part<unknown>, unit: string): string {
	const { cpu, cores, memoryGb, system, loadAverage } = machine;
	const busy =
		loadAverage > cores ? " Other programs kept the machine busy: times are worth little, counts and ratios more." : "";
	return (
		`${date.slice(0, 10)}, ${rounds} ${unit}${rounds === 1 ? "" : "s"}${isQuick ? " (`--quick`)" : ""}, ${cpu} with ${cores} cores and ` +
		`${memoryGb} GB, ${system}, load average ${loadAverage} at the start.${busy}`
	);
}

function chart(name: string, title: string): string {
	return `![${title}](bench-${name}.svg)`;
}

/** The page of the results, as Markdown. */
export function page({ lost, cost, scale }: Results): string {
	const newest = scale ?? cost ?? lost;
	const versions = Object.entries(newest?.versions ?? {}).map(([name, version]) => `${name} ${version}`);
	const parts = [
		INTRO,
		lost && [
			LOST,
			worstLost(lost.rows),
			chart("lost", "Requests lost in one stop, by protocol"),
			lostTables(lost.rows),
			about(lost, "stop"),
		],
		cost && [
			COST,
			worstCost(cost.rows),
			chart("cost", "What each peer costs"),
			costTable(cost.rows),
			about(cost, "import"),
		],
		scale && [
			SCALE,
			worstScale(scale.rows),
			chart("scale", "From the signal to the exit with idle connections"),
			scaleTable(scale.rows),
			about(scale, "shutdown"),
		],
		`## Versions\n\n${versions.join(", ")}`,
	];
	return `${parts.flat().filter(Boolean).join("\n\n").replaceAll("\n\n\n", "\n\n")}\n`;
}
