import type { Cluster } from "node:cluster";
import type { Server } from "node:net";
import { isMainThread, type Worker } from "node:worker_threads";
import type { StopReason } from "../core/stop-reason.ts";
import { checkLaunch } from "../process/launch.ts";
import { isPm2Shutdown } from "../process/pm2.ts";
import { isRunActive, onRunBegins } from "../process/run-count.ts";
import { signalReason } from "../process/signals.ts";
import { findWatchMode } from "../process/watch-mode.ts";
import { onSnapshotSignal } from "../process/watch-process.ts";
import type { RootService } from "../service/root-service.ts";
import type { AutoProgram, Deliver } from "./auto-program.ts";
import { createAutoService } from "./auto-service.ts";
import { ClusterDrain } from "./cluster-drain.ts";
import { type AutoSettings, readSettings } from "./environment.ts";
import { LateDelivery } from "./late-delivery.ts";
import { callHiddenListeners, hasOwnListeners, Placeholders } from "./own-listeners.ts";
import { SeenServers } from "./seen-servers.ts";
import { ThreadDrain } from "./thread-drain.ts";

/** A signal of this name asks many programs to read their configuration again, and ends those that do not listen for it. */
const RELOAD = "SIGHUP";

/** Begins to watch a program that knows nothing of lastcall, so that it is drained when something asks it to stop. */
export function startProgram(): AutoProgram {
	return new Program(readSettings(process.env, findWatchMode()));
}

class Program implements AutoProgram {
	readonly #settings: AutoSettings;
	readonly #service: RootService;
	readonly #servers: SeenServers;
	readonly #placeholders: Placeholders | undefined;
	readonly #delivery: LateDelivery;
	#workers: ClusterDrain | undefined;
	#threads: ThreadDrain | undefined;

	constructor(settings: AutoSettings) {
		this.#settings = settings;
		this.#service = createAutoService(settings, () => this.#delivery.isHeard);
		this.#servers = new SeenServers(this.#service, settings.drainsNet);
		if (isMainThread) this.#placeholders = new Placeholders(settings.stopSignals);
		this.#delivery = new LateDelivery(this.#service, settings.launch.options, this.#placeholders, {
			begins: () => this.#servers.holdCloses(),
			delivers: () => {
				this.#servers.giveClosesBack();
				this.#workers?.deliver();
			},
		});
		const retire = (): void => {
			this.#servers.giveUp();
			this.#delivery.retire();
		};
		onRunBegins(retire);
		// The run may have begun before its first server listened.
		if (isRunActive()) retire();
		else if (isMainThread) void this.#warn();
	}

	listens(server: Server): void {
		if (!isRunActive()) this.#servers.add(server);
	}

	forks(cluster: Cluster): void {
		this.#workers ??= new ClusterDrain(cluster, this.#service.state, () => this.#delivery.isHeard);
	}

	servesIn(thread: Worker | undefined, threadId: number): void {
		this.#threads ??= new ThreadDrain(this.#service.state);
		this.#threads.add(threadId, thread);
	}

	holds(event: string, args: readonly unknown[], deliver: Deliver): boolean {
		const reason = this.#stopReason(event, args);
		if (reason === undefined || isRunActive()) return false;
		if (this.#service.reason === undefined) {
			this.#servers.warnOfOthers(this.#service.state.warn);
			if (!this.#hasToDrain()) return this.#letPass(event);
		}
		callHiddenListeners(event, args);
		return this.#delivery.hold(event, deliver, reason);
	}

	/** Returns what an event of the process asks for, or `undefined` if it does not ask the program to stop. */
	#stopReason(event: string, args: readonly unknown[]): StopReason | undefined {
		if (isPm2Shutdown(event, args)) return { kind: "parent", by: "PM2" };
		const signal = this.#settings.stopSignals.find((name) => name === event);
		return signal === undefined || (signal === RELOAD && hasOwnListeners(RELOAD)) ? undefined : signalReason(signal);
	}

	#hasToDrain(): boolean {
		const isServing = [...this.#service.state.servers].some((server) => server.isAtRest?.() !== true);
		return isServing || (this.#workers?.size ?? 0) > 0 || (this.#threads?.size ?? 0) > 0;
	}

	/** Lets an event do what it does without lastcall. Returns true if that has happened. */
	#letPass(event: string): boolean {
		if (hasOwnListeners(event)) return false;
		// Only the placeholder keeps the signal from ending the process.
		this.#placeholders?.remove();
		process.kill(process.pid, event);
		return true;
	}

	/** Warns of what keeps signals from the program, or kills it in the middle of its shutdown. */
	async #warn(): Promise<void> {
		const { state } = this.#service;
		const { errors, launch, snapshotSignal } = this.#settings;
		onSnapshotSignal(state, snapshotSignal);
		for (const message of errors) state.warn({ code: "settings", message });
		if (launch.warning !== undefined) state.warn(launch.warning);
		const warnings = await checkLaunch(state.options.gracePeriodMs, undefined, launch.gracePeriodFrom);
		for (const warning of warnings) state.warn(warning);
	}
}
