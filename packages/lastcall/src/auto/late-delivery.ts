import type { EventEmitter } from "node:events";
import { constants } from "node:os";
import { isMainThread } from "node:worker_threads";
import type { ShutdownReport } from "../core/report.ts";
import type { StopReason } from "../core/stop-reason.ts";
import { onEarlyExit } from "../process/early-exit.ts";
import { endAfterReport } from "../process/end-after-report.ts";
import { onParentRequest, type Parent } from "../process/parent.ts";
import { watchDeadline } from "../process/watchdog.ts";
import { blockedLoopLine } from "../service/observer.ts";
import type { RootService } from "../service/root-service.ts";
import type { ServiceOptions } from "../service/service-options.ts";
import type { Deliver } from "./auto-program.ts";
import { HeldEvents } from "./held-events.ts";
import type { Placeholders } from "./own-listeners.ts";

/** What a parent's request to stop is to the program: the signal that it would have got. A thread gets none. */
const STOP_OF_PARENT = isMainThread ? "SIGTERM" : "stop";

/** The shutdown of a program that knows nothing of it: drains its servers, and then hands on what was held. */
export class LateDelivery {
	readonly #held = new HeldEvents();
	readonly #service: RootService;
	readonly #options: ServiceOptions;
	readonly #placeholders: Placeholders | undefined;
	readonly #parent: Parent;
	/** Called right before the program gets what was held. */
	readonly #onDelivery: () => void;
	/** `passing`: nothing is held any more. */
	#phase: "running" | "draining" | "passing" = "running";
	#report: ShutdownReport | undefined;
	/** Set once the parent has asked for the drain: it says when the program may have what is held. */
	#allowed: Promise<void> | undefined;
	#allow: () => void = () => {};
	/** Node.js would have ended this cluster worker. */
	#exitsAfterDrain = false;

	constructor(
		service: RootService,
		options: ServiceOptions,
		placeholders: Placeholders | undefined,
		onDelivery: () => void,
	) {
		this.#service = service;
		this.#options = options;
		this.#placeholders = placeholders;
		this.#onDelivery = onDelivery;
		this.#parent = onParentRequest({
			stop: () => this.#stop(),
			drain: () => this.#drainForParent(),
			deliver: () => this.#allow(),
			disconnect: (wouldExit) => this.#disconnect(wouldExit),
		});
		service.state.siblings = this.#parent.siblings;
	}

	/** True if the program listens for what is held. */
	get isHeard(): boolean {
		return this.#held.heard.length > 0;
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
		return true;
	}

	/** From now on nothing is held: the program shuts down by itself. */
	retire(): void {
		if (this.#phase !== "running") return;
		this.#phase = "passing";
		this.#placeholders?.remove();
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
			() => state.lifecycle.phase,
			(warning) => state.warn(warning),
			"what was in flight is cut",
		);
		this.#report = await state.stop(reason);
		callOff();
		ignoreExit();
		const { deadline } = state;
		if (this.#held.size > 0 && this.#allowed !== undefined) await deadline?.race(this.#allowed, deadline.leftMs);
		await this.#deliver(this.#report);
	}

	async #deliver(report: ShutdownReport): Promise<void> {
		const { state } = this.#service;
		const signals = this.#held.heard;
		const waits = this.#held.size === 0;
		const next = waits ? "parent" : signals.length > 0 ? "listeners" : "exit";
		state.emit({ type: "all-drained", next, signals, report });
		this.#phase = "passing";
		this.#placeholders?.remove();
		if (waits && this.#exitsAfterDrain) process.exit(0);
		if (waits) return;
		this.#parent.leave({ exitCode: report.exitCode, left: report.left.length, failed: report.errors.length });
		this.#onDelivery();
		if (signals.length > 0) {
			this.#held.deliver();
			this.#warnIfNotEnded(signals);
			return;
		}
		process.exitCode = report.exitCode;
		await endAfterReport(state, report);
	}

	/** How long the program takes then is its own affair. */
	#warnIfNotEnded(signals: readonly string[]): void {
		const { state } = this.#service;
		const warn = (): void => {
			const message =
				`the program has not ended by itself within the grace period, after its listeners got ${signals.join(" and ")}; ` +
				"lastcall does not end it";
			state.warn({ code: "not-ended", message });
		};
		state.clock.afterUnref(Math.max(0, state.deadline?.leftMs ?? 0), warn);
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

	#disconnect(wouldExit: boolean): void {
		this.#exitsAfterDrain ||= wouldExit;
		if (wouldExit) this.#allow();
		if (wouldExit && this.#phase === "passing") process.exit(0);
		this.#drain({ kind: "parent" });
	}
}
