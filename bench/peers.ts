// `npm run peers`: the drill against other servers and libraries, and lastcall, side by side. Exit code 1 if lastcall
// lost a request.
import { parseArgs } from "node:util";
import { markdownTable } from "markdown-table";
import { debianVersion } from "./debian.ts";
import { COLUMNS } from "./peers/columns.ts";
import { CONFIGURED_PEERS } from "./peers/configured-peers.ts";
import { NODE_PEERS } from "./peers/node-peers.ts";
import { npmVersion } from "./peers/npm-version.ts";
import type { Peer } from "./peers/peer.ts";
import { play } from "./peers/play.ts";
import { PROGRAM_PEERS } from "./peers/program-peers.ts";
import { Row } from "./peers/row.ts";

const { values } = parseArgs({
	options: {
		rounds: { type: "string", default: "3" },
		seed: { type: "string", default: "1" },
		/** Only peers whose name contains this. */
		only: { type: "string", default: "" },
		/** Prints the drill's reasons too. */
		reasons: { type: "boolean", default: false },
	},
});

/** The peers that can run here, each with its version. Prints what is missing for the others. */
async function installed(peers: readonly Peer[]): Promise<Map<Peer, string>> {
	const found = new Map<Peer, string>();
	const missing: string[] = [];
	for (const peer of peers) {
		const { npm, debian } = peer;
		const version = debian ? await debianVersion(debian) : npm ? npmVersion(npm) : process.version;
		if (version !== undefined) found.set(peer, version);
		else {
			console.error(`Skipped: ${peer.name}, which is not installed`);
			missing.push(debian ?? npm ?? peer.name);
		}
	}
	if (missing.length > 0) console.error(`To have them too: apt-get update && apt-get install ${missing.join(" ")}`);
	return found;
}

const all = [...PROGRAM_PEERS, ...CONFIGURED_PEERS, ...NODE_PEERS].filter(({ name }) => name.includes(values.only));
const versions = await installed(all);
const rows = new Map([...versions.keys()].map((peer) => [peer, new Row()]));
for (const peer of rows.keys()) await peer.build?.();

let failures = 0;
for (let round = 0; round < Number(values.rounds); round++) {
	for (const column of COLUMNS) {
		// In turn, so that a busy minute of the machine affects all peers.
		for (const [peer, row] of rows) {
			if (column.isOfNode && !NODE_PEERS.includes(peer)) continue;
			process.stderr.write(`round ${round + 1}, ${column.name}: ${peer.name} … `);
			try {
				row.add(column, await play(peer, column, Number(values.seed) + round));
				process.stderr.write("\n");
			} catch (error) {
				failures++;
				process.stderr.write(`${(error as Error).message}\n`);
			}
		}
	}
}

const head = ["", ...COLUMNS.map(({ name }) => name), "exit code", "stop to exit: median, longest"];
const lines = [...rows].map(([peer, row]) => [
	peer.name,
	...COLUMNS.map((column) => row.lostCell(column)),
	row.exitCell(),
	row.timeCell(),
]);
console.log(`Requests lost in ${values.rounds} shutdowns under each load, Node ${process.version}\n`);
console.log(markdownTable([head, ...lines], { align: ["l", ...COLUMNS.map(() => "r"), "l", "l"] }));
const named = [...versions].map(([{ npm, debian }, version]) => `${debian ?? npm ?? "Node"} ${version}`);
console.log(`\nVersions: ${[...new Set(named)].join(", ")}`);
if (values.reasons) {
	for (const [peer, row] of rows) {
		for (const column of COLUMNS) {
			const reasons = [...row.reasons(column)].map(([reason, count]) => `${count} ${reason}`);
			if (reasons.length > 0) console.log(`${peer.name}, ${column.name}: ${reasons.join(", ")}`);
		}
	}
}
if (failures > 0) console.log(`${failures} drills came to nothing`);
const ours = [...rows].find(([{ npm }]) => npm === "lastcall")?.[1];
if (ours !== undefined && (ours.lost > 0 || ours.total === 0)) process.exitCode = 1;
