import type { EventEmitter } from "node:events";
import { constants } from "node:os";
import { isMainThread } from "node:worker_threads";
import type { ShutdownReport } from "../core/report.ts";
import type { StopReason } from "../core/stop-reason.ts";
import { DEFAULTS } from "../core/time-options.ts";
import { onEarlyExit } from "../process/early-exit.ts";
import { endAfterReport } from "../process/end-after-report.ts";
import { onParentRequest, type Parent } from "../process/parent.ts";
import { watchDeadline } from "../process/watchdog.ts";
import { blockedLoopLine } from "../service/observer.ts";
import type { RootService } from "../service/root-service.ts";
import type { ServiceOptions } from "../service/service-options.ts";
import type { Deliver } from "./auto-program.ts";
import { earlyDelivery, notEnded } from "./delivery-warnings.ts";
import { HeldEvents } from "./held-events.ts";
import type { Placeholders } from "./own-listeners.ts";

/** What a parent's request to stop is to the program: the signal that it would have got. A thread gets none. */
const STOP_OF_PARENT = isMainThread ? "SIGTERM" : "stop";

/** What else happens, and when. */
export interface Moments {
	/** The shutdown has just begun. */
	readonly begins: () => void;
	/** The program is about to get what was held. */
	readonly delivers: () => void;
}

/** The shutdown of a program that knows nothing of it: drains its servers, and then hands on what was held. */
export class LateDelivery {
	readonly #held = new HeldEvents();
	readonly #service: RootService;
	readonly #options: ServiceOptions;
	readonly #placeholders: Placeholders | undefined;
	readonly #parent: Parent;
	readonly #moments: Moments;
	/** `passing`: nothing is held any more. */
	#phase: "running" | "draining" | "passing" = "running";
	#isHandedOver = false;
	#report: ShutdownReport | undefined;
	/** Set once the parent has asked for the drain: it says when the program may have what is held. */
	#allowed: Promise<void> | undefined;
	#allow: () => void = () => {};
	/** What is left of the grace period is for the program, which gets what is held. */
	#isProgramsTurn = false;
	/** Node.js would have ended this cluster worker. */
	#exitsAfterDrain = false;

	constructor(service: RootService, options: ServiceOptions, placeholders: Placeholders | undefined, moments: Moments) {
		this.#service = service;
		this.#options = options;
		this.#placeholders = placeholders;
		this.#moments = moments;
		this.#parent = onParentRequest({
			stop: () => this.#stop(),
			drain: () => this.#drainForParent(),
			deliver: () => this.#allow(),
			disconnect: (wouldExit) => this.#disconnect(wouldExit),
		});
		service.state.siblings = this.#parent.siblings;
	}

	/** True if the program listens for what is held, or has got it. */
	get isHeard(): boolean {
		return this.#isHandedOver || this.#held.heard.length > 0;
	}

	/** Holds an event that asks the program to stop, and begins the drain. Returns false if the program may have it at once. */
	hold(event: string, deliver: Deliver, reason: StopReason): boolean {
		if (this.#phase === "passing") return false;
		const isFirst = this.#held.size === 0;
		const { state } = this.#service;
		// A repeated SIGTERM is one stop. A person who presses Ctrl+C again is in a hurry, and so the program may be.
		if (isFirst || (reason.kind === "signal" && state.handleSignal(reason) === "hard-stop")) {
			this.#held.add(event, deliver);
		}
		this.#drain(reason);
		if (this.#isProgramsTurn) this.#deliverEarly();
		return true;
	}

	/** From now on nothing is held: the program shuts down by itself. */
	retire(): void {
		if (this.#phase !== "running") return;
		this.#phase = "passing";
		// Not before the run listens: a signal that the event loop has not seen yet would do nothing.
		queueMicrotask(() => this.#placeholders?.remove());
		this.#parent.leave({ exitCode: 0, left: 0, failed: 0 });
	}

	#drain(reason: StopReason): void {
		if (this.#phase !== "running") return;
		this.#phase = "draining";
		void this.#drainAndDeliver(reason);
	}

	async #drainAndDeliver(reason: StopReason): Promise<void> {
		const { state, name } = this.#service;
		const callOff = watchDeadline(state.options.gracePeriodMs, blockedLoopLine(this.#options, name));
		const ignoreExit = onEarlyExit(
			() => (this.#isHandedOver && state.inFlight().length === 0 ? undefined : state.lifecycle.phase),
			(warning) => state.warn(warning),
			"what was in flight is cut",
		);
		const cancel = this.#keepTimeForProgram();
		const stopped = state.stop(reason);
		this.#moments.begins();
		this.#report = await stopped;
		cancel();
		callOff();
		ignoreExit();
		const { deadline } = state;
		if (this.#held.size > 0 && this.#allowed !== undefined) await deadline?.race(this.#allowed, deadline.leftMs);
		await this.#deliver(this.#report);
	}

	/**
	 * The program's own listeners need some time, too. What is in flight then goes on until the deadline: a program that closes its servers
	 * waits for it.
	 */
	#keepTimeForProgram(): () => void {
		const { clock, options } = this.#service.state;
		const { gracePeriodMs, closeReserveMs = DEFAULTS.closeReserveMs(gracePeriodMs) } = options;
		return clock.after(gracePeriodMs - closeReserveMs, () => {
			this.#isProgramsTurn = true;
			this.#deliverEarly();
		});
	}

	#deliverEarly(): void {
		const signals = this.#held.heard;
		if (signals.length === 0 || this.#phase !== "draining") return;
		const { state } = this.#service;
		state.warn(earlyDelivery(signals, state.inFlight().length));
		this.#handOver(signals);
	}

	async #deliver(report: ShutdownReport): Promise<void> {
		const { state } = this.#service;
		const signals = this.#held.heard;
		const waits = this.#held.size === 0;
		const next = this.#isHandedOver ? "nothing" : waits ? "parent" : signals.length > 0 ? "listeners" : "exit";
		state.emit({ type: "all-drained", next, signals, report });
		this.#phase = "passing";
		this.#placeholders?.stepAside();
		if (next === "parent" && this.#exitsAfterDrain) process.exit(0);
		if (next === "parent") return;
		this.#parent.leave({ exitCode: report.exitCode, left: report.left.length, failed: report.errors.length });
		if (next === "listeners") this.#handOver(signals);
		if (next !== "exit") return;
		process.exitCode = report.exitCode;
		await endAfterReport(state, report);
	}

	/** The program's own listeners get what was held. */
	#handOver(signals: readonly string[]): void {
		this.#isHandedOver = true;
		this.#phase = "passing";
		this.#placeholders?.stepAside();
		this.#moments.delivers();
		this.#held.deliver();
		this.#warnIfNotEnded(signals);
	}

	/** How long the program takes then is its own affair. */
	#warnIfNotEnded(signals: readonly string[]): void {
		const { state } = this.#service;
		state.clock.afterUnref(state.deadline?.leftMs ?? 0, () => state.warn(notEnded(signals)));
	}

	#stop(): void {
		if (this.#held.size === 0) {
			const number = constants.signals.SIGTERM;
			this.#held.add(STOP_OF_PARENT, () => void (process as EventEmitter).emit("SIGTERM", "SIGTERM", number));
		}
		this.#allow();
		if (this.#phase === "passing" && this.#report !== undefined) void this.#deliver(this.#report);
		else this.#drain({ kind: "parent" });
	}

	#drainForParent(): void {
		this.#allowed ??= new Promise((resolve) => {
			this.#allow = resolve;
		});
		this.#drain({ kind: "parent" });
		void this.#service.closed.then(() => this.#parent.drained());
	}

	/** A primary that asks for a disconnect replaces this worker, with no deadline: Node.js closes the listeners and waits. */
	#disconnect(wouldExit: boolean): void {
		if (!wouldExit) return;
		this.#exitsAfterDrain = true;
		this.#allow();
		if (this.#phase === "passing" && !this.#isHandedOver) process.exit(0);
		this.#drain({ kind: "parent" });
	}
}
