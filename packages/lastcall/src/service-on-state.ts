import type { ListenOptions } from "node:net";
import type { Clock } from "./core/clock.ts";
import type { InFlight } from "./core/drainable.ts";
import type { Observer } from "./core/events.ts";
import { quote, timesOf } from "./core/options.ts";
import type { Phase } from "./core/phase.ts";
import type { ShutdownReport } from "./core/report.ts";
import { ServiceState } from "./core/service-state.ts";
import type { Snapshot } from "./core/snapshot.ts";
import { isStopped, StoppedError } from "./core/stopped-error.ts";
import type { HealthOptions } from "./health/health-options.ts";
import { describeAddress, listen } from "./servers/listen.ts";
import {
	checkServer,
	drainableOf,
	type ListeningServer,
	onServerError,
	type Servable,
} from "./servers/server-kinds.ts";
import type { HostedService, Service, ServiceOptions } from "./service.ts";
import { type HealthProbes, healthOf } from "./service-health.ts";

/** The one implementation of both, over the core's state. */
export class ServiceOnState implements HostedService {
	readonly name: string;
	readonly state: ServiceState;

	constructor(options: ServiceOptions, clock: Clock, observer: Observer) {
		const { name = "service", signal } = options;
		this.name = name;
		this.state = new ServiceState(timesOf(options), clock, (event) => observer(event, this));
		if (signal === undefined) return;
		const abort = (): void => void this.state.stop({ kind: "abort", reason: signal.reason });
		signal.addEventListener("abort", abort, { once: true });
		void this.closed.then(() => signal.removeEventListener("abort", abort));
		if (signal.aborted) abort();
	}

	get phase(): Phase {
		return this.state.lifecycle.phase;
	}

	get ready(): boolean {
		return this.state.ready;
	}

	get signal(): AbortSignal {
		return this.state.signal;
	}

	get hardStop(): AbortSignal {
		return this.state.hardStopSignal;
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

	async start(main?: (service: Service) => unknown): Promise<void> {
		this.#refuseIf(true, "main was not begun");
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

	async listen<S extends ListeningServer>(name: string, server: S, where: ListenOptions | number): Promise<S> {
		checkName(name);
		checkServer(name, server);
		this.#refuseIf(this.state.reason !== undefined, `"${name}" was not opened`);
		await listen(name, server, where);
		if (!this.state.lifecycle.isBefore("draining")) server.close();
		// No connection can have come yet: that takes a turn of the loop, and this is still the turn of `listening`.
		this.serve(name, server);
		this.state.tell({ type: "listening", name, address: describeAddress(server) });
		return server;
	}

	serve<S extends Servable>(name: string, server: S): S {
		checkName(name);
		checkServer(name, server);
		this.#refuseIf(!this.state.lifecycle.isBefore("draining"), `"${name}" is not served`);
		this.state.servers.push(drainableOf(name, server));
		const ignoreErrors = onServerError(server, (error) => void this.state.stop({ kind: "server-failed", name, error }));
		void this.closed.then(ignoreErrors);
		return server;
	}

	use<R extends AsyncDisposable | Disposable>(name: string, resource: R): R {
		const { [Symbol.asyncDispose]: asyncDispose, [Symbol.dispose]: dispose } = (resource ?? {}) as Partial<
			AsyncDisposable & Disposable
		>;
		const close = asyncDispose ?? dispose;
		if (typeof close !== "function") {
			throw new TypeError(
				`"${name}": wanted a resource with Symbol.asyncDispose or Symbol.dispose, got ${quote(resource)}`,
			);
		}
		return this.adopt(name, resource, () => close.call(resource));
	}

	adopt<R>(name: string, resource: R, close: (resource: R) => unknown): R {
		checkFunction(name, "close", close);
		this.defer(name, () => close(resource));
		return resource;
	}

	defer(name: string, close: () => unknown): void {
		checkName(name);
		checkFunction(name, "close", close);
		if (this.phase !== "closed") {
			this.state.closers.push(name, close);
			return;
		}
		// Nobody else will: what was acquired too late is released here.
		void new Promise((resolve) => resolve(close())).catch((error: unknown) => this.state.failed({ name, error }));
		this.#refuseIf(true, `"${name}" came too late and was closed at once`);
	}

	task(name: string, work: (signal: AbortSignal) => unknown): void {
		checkName(name);
		checkFunction(name, "work", work);
		this.#refuseIf(!this.state.lifecycle.isBefore("closing"), `task "${name}" was not begun`);
		void this.state.tasks.run(
			name,
			"task",
			() => work(this.signal),
			(error) => {
				if (this.signal.aborted && isStopped(error)) return;
				void this.state.stop({ kind: "task-failed", name, error });
			},
		);
	}

	health(options: HealthOptions = {}): HealthProbes {
		return healthOf(this.name, this.state, options);
	}

	stop(why = "stopped by the program"): Promise<ShutdownReport> {
		return this.state.stop({ kind: "call", why });
	}

	stopNow(why = "stopped by the program"): Promise<ShutdownReport> {
		return this.state.stopNow({ kind: "call", why });
	}

	#refuseIf(tooLate: boolean, what: string): void {
		if (tooLate && this.state.reason !== undefined) throw new StoppedError(this.state.reason, what);
	}
}

function checkName(name: unknown): void {
	if (typeof name !== "string" || name === "")
		throw new TypeError(`name: wanted a non-empty string, got ${quote(name)}`);
}

function checkFunction(name: string, what: string, value: unknown): void {
	if (typeof value === "function") return;
	throw new TypeError(`"${name}": wanted a function for ${what}, got ${quote(value)}`);
}
