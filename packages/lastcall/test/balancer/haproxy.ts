import { connect } from "node:net";
import { join } from "node:path";
import { poll } from "../support/until.ts";
import type { BalancerSite, Configuration } from "./balancer.ts";
import type { Replica } from "./replica.ts";

/** How often HAProxy asks for `/readyz`. */
const INTERVAL_MS = 1_000;
/** After how many failed checks a replica is no longer chosen. */
const FALL = 2;

/**
 * HAProxy without retries: what fails between it and a replica fails for the client. `mode tcp` forwards bytes, so
 * that each client is connected with one replica.
 */
export function haproxy(mode: "http" | "tcp", reuse?: "never"): Configuration {
	return {
		name: `HAProxy, mode ${mode}${reuse ? `, http-reuse ${reuse}` : ""}`,
		program: "haproxy",
		// The first failed check comes an interval late at most, the last FALL - 1 intervals later; half an interval is for the
		// responses.
		lameDuckMs: (FALL + 0.5) * INTERVAL_MS,
		args: ({ file }) => ["-db", "-f", file],
		config: ({ port, replicaPorts, folder }) => `
global
	stats socket ${join(folder, "stats")} level user
defaults
	mode ${mode}
	retries 0
	timeout connect 5s
	timeout client 1m
	timeout server 1m
	timeout check 5s
listen balancer
	bind 127.0.0.1:${port}
	balance roundrobin
	${reuse ? `http-reuse ${reuse}` : ""}
	option httpchk GET /readyz
	default-server check inter ${INTERVAL_MS}ms fall ${FALL} rise 1
${replicaPorts.map((replicaPort) => `\tserver replica-${replicaPort} 127.0.0.1:${replicaPort}`).join("\n")}
`,
		inService: async (replica, site) => void (await poll(async () => (await statusOf(replica, site)) === "UP")),
		outOfService: async (replica, site, signal) =>
			void (await poll(async () => (await statusOf(replica, site)) === "DOWN", signal)),
	};
}

/** The configurations under test. */
export const haproxies: readonly Configuration[] = [haproxy("http"), haproxy("http", "never"), haproxy("tcp")];

/** The state of a server in HAProxy's eyes. `undefined` if there was no response: HAProxy closes connections that are slow to send a command. */
async function statusOf({ port }: Replica, { folder }: BalancerSite): Promise<string | undefined> {
	const socket = connect(join(folder, "stats")).setEncoding("utf8");
	let csv = "";
	socket.on("data", (text: string) => {
		csv += text;
	});
	socket.on("error", () => {});
	socket.write("show stat\n");
	await new Promise<void>((resolve) => socket.once("close", () => resolve()));
	const [names = [], ...rows] = csv.split("\n").map((line) => line.split(","));
	return rows.find((row) => row[names.indexOf("svname")] === `replica-${port}`)?.[names.indexOf("status")];
}
