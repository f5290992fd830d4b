import { setMaxListeners } from "node:events";
import { constants } from "node:os";
import { findStopCall, type StopCall, seeAwait } from "../core/awaited-stop.ts";
import { checkBoolean } from "../core/check-options.ts";
import type { Clock } from "../core/clock.ts";
import type { InFlight } from "../core/drainable.ts";
import type { Observer } from "../core/events.ts";
import type { Phase } from "../core/phase.ts";
import type { ShutdownReport } from "../core/report.ts";
import { ServiceState } from "../core/service-state.ts";
import { shutDown } from "../core/shutdown.ts";
import { reportSlowStart } from "../core/slow-start.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { StopReason } from "../core/stop-reason.ts";
import { isStopped } from "../core/stopped-error.ts";
import { parseTimes } from "../core/time-options.ts";
import type { HealthOptions } from "../health/health-options.ts";
import { signalReason } from "../process/signals.ts";
import { requestNames } from "../servers/listening/request-name.ts";
import type { HowNetDrains } from "../servers/peers/protocol-options.ts";
import type { ListeningServer } from "../servers/server-kinds.ts";
import type { HealthProbes } from "./health-probes.ts";
import type { HostedService } from "./hosted-service.ts";
import type { Service } from "./service.ts";
import { ServiceGroup } from "./service-group.ts";
import { createHealth } from "./service-health.ts";
import type { ServiceOptions } from "./service-options.ts";

/** The implementation of `Service` and `HostedService`: the outermost group, and the life of the service. */
export class RootService extends ServiceGroup implements HostedService {
	readonly name: string;

	constructor(options: ServiceOptions, clock: Clock, observer: Observer) {
		const showQueryStrings = checkBoolean("showQueryStrings", options.showQueryStrings, false);
		super(
			new ServiceState(parseTimes(options), clock, (event) => observer(event, this), shutDown),
			requestNames(showQueryStrings),
		);
		// Each task may add a listener, and removes it at its end: many listeners are no leak.
		setMaxListeners(0, this.drainSignal, this.hardStopSignal);
		const { name = "service", signal } = options;
		this.name = name;
		if (signal === undefined) return;
		const abort = (): void => void this.state.stop({ kind: "abort", reason: signal.reason });
		signal.addEventListener("abort", abort, { once: true });
		void this.closed.then(() => signal.removeEventListener("abort", abort));
		if (signal.aborted) abort();
	}

	get phase(): Phase {
		return this.state.lifecycle.phase;
	}

	get reason(): StopReason | undefined {
		return this.state.reason;
	}

	get ready(): boolean {
		return this.state.ready;
	}

	get closed(): Promise<ShutdownReport> {
		return this.state.closed;
	}

	inFlight(): InFlight[] {
		return this.state.inFlight();
	}

	snapshot(): Snapshot {
		return this.state.snapshot();
	}

	/** @internal for programs that do not know of this service: see `Serving` */
	serveQuietly(name: string, server: ListeningServer, protocol?: HowNetDrains): (() => void) | undefined {
		return this.serving.serveQuietly(name, server, protocol);
	}

	health(options: HealthOptions = {}): HealthProbes {
		return createHealth(this.name, this.state, options);
	}

	async start(main?: (service: Service) => unknown): Promise<void> {
		this.state.throwIfStopping("main was not called");
		let failure: { error: unknown } | undefined;
		const cancel = reportSlowStart(this.state);
		await this.state.tasks.run(
			"main",
			"starting",
			() => main?.(this),
			(error) => {
				failure = { error };
				if (this.state.reason === undefined || !isStopped(error)) void this.state.stop({ kind: "main-failed", error });
			},
		);
		cancel();
		if (failure !== undefined) throw failure.error;
		if (this.state.reason !== undefined) return;
		this.state.lifecycle.enter("running");
		this.state.emit({ type: "running" });
	}

	stop(why = "stopped by the program"): Promise<ShutdownReport> {
		const call = findStopCall(this.state.tasks, this.stop);
		const closed = this.state.stop(toReason(why));
		return call === undefined ? closed : seeAwait(closed, () => this.#warnOfAwait(call));
	}

	#warnOfAwait({ within, place }: StopCall): void {
		if (!this.state.lifecycle.isBefore("closed")) return;
		const [where, what] = within === "" ? ["a request handler", "its response"] : [within, within];
		const message =
			`service.stop() is awaited in ${where} (${place}), but the shutdown waits for ${what}, until the deadline at most; ` +
			"call it without await";
		this.state.warn({ code: "awaited-stop", message });
	}

	stopNow(why = "stopped by the program"): Promise<ShutdownReport> {
		return this.state.stopNow(toReason(why));
	}
}

/** The name of a signal is a stop reason of its own kind: a host that listens for signals says so by it. */
function toReason(why: string): StopReason {
	return typeof why === "string" && Object.hasOwn(constants.signals, why)
		? signalReason(why as NodeJS.Signals)
		: { kind: "call", why };
}
