import { debianVersion } from "../debian.ts";
import { median } from "../median.ts";
import type { Peer } from "../peers/peer.ts";
import { play, type Report } from "../peers/play.ts";
import { go } from "../peers/program-peers.ts";
import { peerCommand, peerEnv } from "./launcher.ts";
import { LOADS, type Load } from "./loads.ts";
import type { LostCell, LostRow } from "./results.ts";
import type { Subject } from "./subjects.ts";

type Round = Report["rounds"][number];

/** A subject under one scheme, as the drill of the other tables runs it. */
function peer(subject: Subject, folder: string, scheme: Load["scheme"]): Peer {
	if (subject.runtime === "go") return go;
	return {
		name: subject.name,
		launch: ({ port }) => {
			const isTls = scheme === "https" || scheme === "h2";
			// Given, since a peer may listen on a second port for its health.
			const url = ["--url", `${isTls ? "https" : "http"}://127.0.0.1:${port}/`, ...(isTls ? ["--insecure"] : [])];
			// Through `env`, as the drill starts the command with its own environment.
			const { SCHEME, TLS_KEY, TLS_CERT, MODULES } = peerEnv(scheme);
			const words = Object.entries({ SCHEME, TLS_KEY, TLS_CERT, MODULES }).map(([name, value]) => `${name}=${value}`);
			return { command: ["/usr/bin/env", ...words, ...peerCommand(subject, folder)], drillOptions: url };
		},
	};
}

function cell(rounds: readonly Round[]): LostCell {
	const before = rounds.flatMap(({ lost }) => lost).filter(({ reason }) => reason === "lost-before-stop").length;
	const ends = rounds.map(({ exit }) => (exit.killed ? "killed" : (exit.signal ?? `${exit.code}`)));
	return {
		sent: rounds.reduce((total, { tally }) => total + tally.total - tally.refused, 0),
		lost: rounds.reduce((total, { tally }) => total + tally.lost, 0) - before,
		stops: rounds.length,
		exitMs: Math.round(median(rounds.map(({ exit }) => exit.atMs))),
		ends: [...new Set(ends)],
	};
}

/** Drills every subject under every load that it can serve, `rounds` times. What fails is printed, and has no cell. */
export async function measureLost(
	folders: ReadonlyMap<Subject, string>,
	rounds: number,
): Promise<Record<string, LostRow>> {
	const found = new Map<Subject, Map<Load, Round[]>>([...folders.keys()].map((subject) => [subject, new Map()]));
	const hasGo = (await debianVersion("golang-go")) !== undefined;
	if (hasGo) await go.build?.();
	for (let round = 0; round < rounds; round++) {
		for (const load of LOADS) {
			// In turn, so that a busy minute of the machine affects all.
			for (const [subject, folder] of folders) {
				if (!subject.schemes.includes(load.scheme)) continue;
				// Its program has no event streams.
				if (subject.runtime === "go" && (!hasGo || load.load.startsWith("event-stream"))) continue;
				try {
					const report = await play(peer(subject, folder, load.scheme), load, round + 1);
					const cells = found.get(subject);
					cells?.set(load, [...(cells.get(load) ?? []), ...report.rounds]);
					process.stderr.write(`lost: ${load.key} ${subject.key} ${report.rounds[0]?.tally.lost}\n`);
				} catch (error) {
					process.stderr.write(`lost: ${load.key} ${subject.key}: ${(error as Error).message}\n`);
				}
			}
		}
	}
	return Object.fromEntries(
		[...found].map(([subject, cells]) => [
			subject.key,
			Object.fromEntries([...cells].map(([load, all]) => [load.key, cell(all)])),
		]),
	);
}
