import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import type { Owner, Resource } from "../core/resource.ts";
import { ChildServices } from "./child-services.ts";
import { ignoresSigint, isGroupAlive, signalGroup } from "./process-group.ts";

/** A platform that stops the whole group may stop the child this much earlier than the program. */
const SAME_MOMENT_MS = 200;

/** How long to wait before looking again whether a group has ended: at first, and at most. */
const LOOK_MS = { first: 10, longest: 500 };

export function isChildProcess(thing: unknown): thing is ChildProcess {
	const { pid, kill, once, exitCode, signalCode, spawnargs } = (thing ?? {}) as Partial<ChildProcess>;
	const isFunctional = typeof kill === "function" && typeof once === "function" && Array.isArray(spawnargs);
	return (
		isFunctional && exitCode !== undefined && signalCode !== undefined && ["number", "undefined"].includes(typeof pid)
	);
}

/**
 * A child process. It is stopped in its turn, waited for, and killed when time is up. If a service in it has replied on its IPC
 * channel, it gets a message there, otherwise SIGTERM. If it leads a process group (`detached`), the processes that it leaves
 * behind get the signal when it has ended. Not earlier: the child may forward the signal, and many programs take a second one
 * for a hard stop.
 */
export class ChildProcessResource implements Resource {
	readonly #child: ChildProcess;
	readonly #owner: Owner;
	readonly #services: ChildServices;
	/** Resolves when it has ended, and so have the processes that it has left behind in its group. */
	readonly #gone: Promise<void>;
	#failure: unknown;
	#isSignaled = false;
	#isKilled = false;

	constructor(child: ChildProcess, owner: Owner, services: ChildServices = new ChildServices(child)) {
		this.#child = child;
		this.#owner = owner;
		this.#services = services;
		this.#gone = this.#exit().then(() => this.#groupIsGone());
	}

	async close(): Promise<void> {
		if (this.#isAlive && !this.#services.stop(() => this.#signal()) && !this.#hasHadCtrlC()) this.#signal();
		await this.#gone;
		if (this.#failure !== undefined) throw this.#failure;
	}

	cut(): void {
		this.#isKilled = true;
		const { pid } = this.#child;
		if (pid !== undefined) signalGroup(pid, "SIGKILL");
		if (this.#isAlive) this.#child.kill("SIGKILL");
	}

	#signal(): void {
		if (!this.#isAlive) return;
		this.#isSignaled = true;
		this.#child.kill("SIGTERM");
	}

	get #isAlive(): boolean {
		const { pid, exitCode, signalCode } = this.#child;
		return pid !== undefined && exitCode === null && signalCode === null;
	}

	/** Resolves at `exit`. Not at `close`: a grandchild may hold its output open for ever. */
	#exit(): Promise<void> {
		const child = this.#child;
		return new Promise<void>((resolve) => {
			const exited = (): void => {
				void this.#services.lastMessages().then(() => {
					this.#judge();
					resolve();
				});
			};
			child.on("error", (error) => {
				this.#failed(error);
				// It was never started, and will not emit `exit`.
				if (child.pid === undefined) resolve();
			});
			if (child.exitCode !== null || child.signalCode !== null) exited();
			else child.once("exit", exited);
		});
	}

	/**
	 * Reports a failure unless it ended well: with 0, by a signal that the program has sent itself, or as a stop ends a program.
	 */
	#judge(): void {
		const { exitCode, signalCode, killed } = this.#child;
		const { failure } = this.#services;
		if (failure !== undefined) {
			this.#failed(failure);
			return;
		}
		// Less than 0: it was never started, and emits `error`.
		if ((exitCode ?? 1) <= 0 || (signalCode !== null && killed && !this.#isSignaled)) return;
		const error = new Error(`ended by ${signalCode ?? `itself with exit code ${exitCode}`}`);
		if (!this.#isStop()) this.#failed(error);
		else if (this.#owner.reason() === undefined) setTimeout(() => this.#failedWhileRunning(error), SAME_MOMENT_MS);
	}

	/**
	 * Returns true if it ended by a signal that stops programs, or with the exit code that shells have for it (a JVM exits
	 * with 143 after a clean shutdown). That is SIGTERM, or the signal that stops this program: a platform or a terminal
	 * sends it to both. 130 after a SIGTERM is a hard stop.
	 */
	#isStop(): boolean {
		const { exitCode, signalCode, killed } = this.#child;
		// It was in the middle of its work: services send a message when they are closed.
		if (this.#services.areRunning) return false;
		const reason = this.#owner.reason();
		const isAnyPossible = reason === undefined || (killed && !this.#isSignaled);
		const expected: string[] = isAnyPossible ? [...this.#owner.stopSignals()] : ["SIGTERM"];
		if (reason?.kind === "signal") expected.push(reason.signal);
		return expected.some((name) => {
			// A platform that does not have the signal has no number for it.
			const number = constants.signals[name as NodeJS.Signals];
			return name === signalCode || (number !== undefined && 128 + number === exitCode);
		});
	}

	#failed(error: unknown): void {
		if (this.#owner.reason() !== undefined) this.#failure ??= this.#isKilled ? undefined : error;
		else this.#failedWhileRunning(error);
	}

	#failedWhileRunning(error: unknown): void {
		if (this.#owner.reason() === undefined) this.#owner.failed(error);
	}

	/**
	 * Returns true if it has had the Ctrl+C that stops this program: a terminal sends it to its whole foreground group. Many
	 * programs take a second signal for a hard stop.
	 */
	#hasHadCtrlC(): boolean {
		const reason = this.#owner.reason();
		const { pid } = this.#child;
		if (reason?.kind !== "signal" || !reason.interactive || pid === undefined) return false;
		return !isGroupAlive(pid) && !ignoresSigint(pid);
	}

	async #groupIsGone(): Promise<void> {
		const { pid } = this.#child;
		if (pid === undefined || !isGroupAlive(pid)) return;
		signalGroup(pid, this.#isKilled ? "SIGKILL" : "SIGTERM");
		for (let ms = LOOK_MS.first; !this.#isKilled && isGroupAlive(pid); ms = Math.min(2 * ms, LOOK_MS.longest)) {
			// A parent gets no event when a grandchild ends.
			await new Promise((resolve) => setTimeout(resolve, ms).unref());
		}
	}
}
