import { setMaxListeners } from "node:events";
import { checkBoolean } from "../core/check-options.ts";
import type { Clock } from "../core/clock.ts";
import type { InFlight } from "../core/drainable.ts";
import type { Observer } from "../core/events.ts";
import type { Phase } from "../core/phase.ts";
import type { ShutdownReport } from "../core/report.ts";
import { ServiceState } from "../core/service-state.ts";
import { shutDown } from "../core/shutdown.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { StopReason } from "../core/stop-reason.ts";
import { isStopped } from "../core/stopped-error.ts";
import { parseTimes } from "../core/time-options.ts";
import type { HealthOptions } from "../health/health-options.ts";
import { requestNames } from "../servers/listening/request-name.ts";
import { ServiceGroup } from "./group.ts";
import type { HostedService, Service, ServiceOptions } from "./service.ts";
import { type HealthProbes, healthOf } from "./service-health.ts";

/** The one implementation of both, over the core's state: the outermost group, and its life. */
export class RootService extends ServiceGroup implements HostedService {
	readonly name: string;

	constructor(options: ServiceOptions, clock: Clock, observer: Observer) {
		const showQueryStrings = checkBoolean("showQueryStrings", options.showQueryStrings, false);
		super(
			new ServiceState(parseTimes(options), clock, (event) => observer(event, this), shutDown),
			requestNames(showQueryStrings),
		);
		// However much work listens: each listener is gone when its work is, which is what the warning is about.
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

	health(options: HealthOptions = {}): HealthProbes {
		return healthOf(this.name, this.state, options);
	}

	async start(main?: (service: Service) => unknown): Promise<void> {
		this.state.refuseIf(true, "main was not begun");
		let failure: { error: unknown } | undefined;
		await this.state.tasks.run(
			"main",
			"starting",
			() => main?.(this),
			(error) => {
				failure = { error };
				if (this.state.reason === undefined || !isStopped(error)) void this.state.stop({ kind: "main-failed", error });
			},
		);
		if (failure !== undefined) throw failure.error;
		if (this.state.reason !== undefined) return;
		this.state.lifecycle.enter("running");
		this.state.tell({ type: "running" });
	}

	stop(why = "stopped by the program"): Promise<ShutdownReport> {
		return this.state.stop({ kind: "call", why });
	}

	stopNow(why = "stopped by the program"): Promise<ShutdownReport> {
		return this.state.stopNow({ kind: "call", why });
	}
}
