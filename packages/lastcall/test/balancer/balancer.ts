import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Replica } from "./replica.ts";

/** A load balancer with one configuration. */
export interface Configuration {
	readonly name: string;
	readonly program: Program;
	/** How long a replica goes on serving until this load balancer has noticed that it is not ready. */
	readonly lameDuckMs: number;
	/** The content of its configuration file. */
	readonly config: (site: BalancerSite) => string;
	/** How it is started in the foreground. */
	readonly args: (site: BalancerSite) => readonly string[];
	/** Resolves when it sends requests to this replica. */
	readonly inService: (replica: Replica, site: BalancerSite) => Promise<void>;
	/** Resolves when it sends no more requests to this replica, or at the signal. Missing where it makes no health checks. */
	readonly outOfService?: (replica: Replica, site: BalancerSite, signal: AbortSignal) => Promise<void>;
}

export type Program = "haproxy" | "nginx";

/** Where a load balancer and its replicas are. */
export interface BalancerSite {
	readonly port: number;
	readonly replicaPorts: readonly number[];
	/** A folder for whatever it writes. */
	readonly folder: string;
	/** The file with its configuration. */
	readonly file: string;
}

const LOOK_EVERY_MS = 20;

/** A load balancer as it runs in production, for the length of a test. */
export class Balancer {
	readonly port: number;
	readonly #configuration: Configuration;
	readonly #site: BalancerSite;
	readonly #child: ChildProcess;
	readonly #ended: Promise<void>;
	#log = "";

	/** Resolves once it forwards requests. */
	static async start(configuration: Configuration, port: number, replicaPorts: readonly number[]): Promise<Balancer> {
		const folder = await mkdtemp(join(tmpdir(), "lastcall-balancer-"));
		const site = { port, replicaPorts, folder, file: join(folder, "config") };
		await writeFile(site.file, configuration.config(site));
		const balancer = new Balancer(configuration, site);
		await balancer.#answers();
		return balancer;
	}

	private constructor(configuration: Configuration, site: BalancerSite) {
		this.port = site.port;
		this.#configuration = configuration;
		this.#site = site;
		this.#child = spawn(pathOf(configuration.program) ?? configuration.program, [...configuration.args(site)], {
			stdio: ["ignore", "pipe", "pipe"],
		});
		const hear = (text: string): void => {
			this.#log += text;
		};
		this.#child.stdout?.setEncoding("utf8").on("data", hear);
		this.#child.stderr?.setEncoding("utf8").on("data", hear);
		this.#ended = new Promise((resolve) => {
			this.#child.once("close", () => resolve());
		});
	}

	/** What it logged. */
	get log(): string {
		return this.#log;
	}

	/** Resolves when requests are sent to this replica. */
	inService(replica: Replica): Promise<void> {
		return this.#configuration.inService(replica, this.#site);
	}

	/** Resolves when it has noticed that this replica is not ready, or at the signal. */
	async outOfService(replica: Replica, signal: AbortSignal): Promise<void> {
		await this.#configuration.outOfService?.(replica, this.#site, signal);
	}

	async end(): Promise<void> {
		this.#child.kill("SIGTERM");
		await this.#ended;
		await rm(this.#site.folder, { recursive: true });
	}

	async #answers(): Promise<void> {
		let failure: unknown;
		const ended = this.#ended.then(() => {
			failure = new Error(`${this.#configuration.program} ended:\n${this.#log}`);
		});
		while (failure === undefined) {
			const response = await fetch(`http://127.0.0.1:${this.port}/readyz`).catch(() => undefined);
			await response?.arrayBuffer();
			if (response?.ok) return;
			await Promise.race([delay(LOOK_EVERY_MS), ended]);
		}
		throw failure;
	}
}

/** Debian keeps daemons in folders that are not in an ordinary user's PATH. */
function pathOf(program: Program): string | undefined {
	const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
	return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

const missing = (["haproxy", "nginx"] as const).filter((program) => pathOf(program) === undefined);

/** Why tests with real load balancers are skipped: they are switched off, or the programs are missing. In CI they must run. */
export const skipBalancers: string | false = whyNot();

function whyNot(): string | false {
	if (process.env.LASTCALL_BALANCERS === "off") return "LASTCALL_BALANCERS is off";
	if (missing.length === 0 || process.env.CI) return false;
	return `${missing.join(" and ")} not found: apt-get install haproxy nginx-light`;
}
