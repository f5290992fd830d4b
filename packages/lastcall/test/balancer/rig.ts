import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { freePorts } from "../support/free-ports.ts";
import { type Account, accountOf, type Span } from "./account.ts";
import { Balancer, type Configuration } from "./balancer.ts";
import { startClients } from "./client-load.ts";
import { Fleet } from "./fleet.ts";
import type { Ending } from "./replica.ts";

const REPLICAS = 3;
/** A longer pause than this means that other processes of the machine pause too, for longer than any linger covers. */
const LONGEST_PAUSE_MS = 250;

/** Three replicas behind a load balancer. */
export class Rig {
	readonly balancer: Balancer;
	readonly fleet: Fleet;
	readonly #folder: string;

	static async start(configuration: Configuration, ending: Ending, computeMs: number): Promise<Rig> {
		const [port = 0, ...replicaPorts] = await freePorts(REPLICAS + 1);
		const folder = await mkdtemp(join(tmpdir(), "lastcall-replicas-"));
		const { lameDuckMs } = configuration;
		const executedFile = join(folder, "executed");
		const fleet = await Fleet.start(replicaPorts, { ending, lameDuckMs, computeMs, executedFile });
		return new Rig(await Balancer.start(configuration, port, replicaPorts), fleet, folder);
	}

	private constructor(balancer: Balancer, fleet: Fleet, folder: string) {
		this.balancer = balancer;
		this.fleet = fleet;
		this.#folder = folder;
	}

	/** Replaces every replica, one after the other. */
	roll(): Promise<void> {
		return this.fleet.roll(this.balancer);
	}

	/** The ids of the requests that the replicas have begun to execute. */
	async executed(): Promise<string[]> {
		return (await readFile(join(this.#folder, "executed"), "utf8")).split("\n").slice(0, -1);
	}

	async end(): Promise<void> {
		await this.balancer.end();
		await this.fleet.end();
		await rm(this.#folder, { recursive: true });
	}
}

export interface RollOptions {
	readonly configuration: Configuration;
	readonly ending: Ending;
	readonly requestsPerSecond: number;
	readonly rolls: number;
	/** How long to leave everything alone before each roll, for comparison. */
	readonly calmMs: number;
	/**
	 * How long each request keeps the CPU busy, in milliseconds.
	 * @default 0
	 */
	readonly computeMs?: number;
}

/** The result of a run, and its logs. */
export interface RollResult extends Account {
	readonly exits: Fleet["exits"];
	/**
	 * True if lastcall's conditions were met: the load balancer noticed within the lame duck's time, and no process of the machine
	 * paused for long.
	 */
	readonly isFair: boolean;
	/** The log of the load balancer. */
	readonly log: string;
}

/** Rolls a rig under load and accounts for every request. */
export async function rollUnderLoad(options: RollOptions): Promise<RollResult> {
	const { configuration, ending, requestsPerSecond, rolls, calmMs, computeMs = 0 } = options;
	const rig = await Rig.start(configuration, ending, computeMs);
	const clients = startClients(rig.balancer.port, requestsPerSecond);
	const pauses = monitorEventLoopDelay();
	try {
		await clients.steady;
		pauses.enable();
		const calm: Span[] = [];
		const rolling: Span[] = [];
		for (let roll = 0; roll < rolls; roll++) {
			calm.push(await timed(() => delay(calmMs)));
			rolling.push(await timed(() => rig.roll()));
		}
		const account = accountOf(await clients.finish(), await rig.executed(), { calm, rolling });
		const isFair = rig.fleet.learnedInTime && pauses.max / 1e6 < LONGEST_PAUSE_MS;
		return { ...account, exits: rig.fleet.exits, isFair, log: rig.balancer.log };
	} finally {
		pauses.disable();
		await clients.finish();
		await rig.end();
	}
}

async function timed(work: () => Promise<unknown>): Promise<Span> {
	const fromMs = performance.now();
	await work();
	return { fromMs, toMs: performance.now() };
}
