import type { InFlight } from "../core/drainable.ts";
import type { Phase } from "../core/phase.ts";
import type { ShutdownReport } from "../core/report.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { StopReason } from "../core/stop-reason.ts";
import type { HealthOptions } from "../health/health-options.ts";
import type { Group } from "./group.ts";
import type { HealthProbes } from "./health-probes.ts";

/** What `main` gets: the outermost group, and the state of the whole service. */
export interface Service extends Group {
	/** The name of the program in the log: the option `name`, or that of its `package.json`. */
	readonly name: string;
	/** The current phase. */
	readonly phase: Phase;
	/**
	 * What began the shutdown, or `undefined` if nothing has. It is set before `drainSignal` aborts.
	 */
	readonly reason: StopReason | undefined;
	/** True from the end of `main` to the stop reason: new work may be sent to this service. */
	readonly ready: boolean;
	/**
	 * Returns what is in flight now, the oldest first: requests, tasks, units of work, intakes that are
	 * being stopped, starting groups and `main`, closers.
	 * @example
	 * ```ts
	 * for (const { name, what, ageMs } of service.inFlight()) console.log(`${name} ${what}: ${ageMs} ms`);
	 * ```
	 */
	inFlight(): InFlight[];
	/**
	 * Returns what the service is doing at this instant: its phase, whether it is ready, what is in flight by name and age, what began
	 * the shutdown, and the milliseconds until its deadline.
	 *
	 * Use it for a status page or metrics. It can be called at any time, also after the end.
	 * @example
	 * ```ts
	 * const { phase, inFlight, leftMs } = service.snapshot();
	 * ```
	 */
	snapshot(): Snapshot;
	/**
	 * Returns the health probes of the service: `/livez`, `/readyz` and `/startupz`, for `GET` and `HEAD`.
	 *
	 * Liveness is true until the service is closed. Readiness is true while the service is `ready` and all checks succeed. The
	 * response is JSON that names the check that failed; its error is logged once.
	 * @throws {TypeError} if an option is unknown or has the wrong type
	 * @throws {RangeError} if a time is out of range
	 * @example
	 * ```ts
	 * const health = service.health({ checks: { postgres: () => pool.query("select 1") } });
	 * await health.listen({ port: 9090 });
	 * ```
	 */
	health(options?: HealthOptions): HealthProbes;
	/**
	 * Begins the shutdown. Resolves to the report when everything is closed, and never rejects.
	 *
	 * A second call resolves to the same report. Do not await it in `main`, a task, a closer or a request handler: the shutdown waits
	 * for these, so that neither ends before the deadline. lastcall warns where it can see that.
	 * @param why the reason for the log and the report; the name of a signal counts as that signal (`kind: "signal"`). Default: `stopped by
	 * the program`
	 * @example
	 * ```ts
	 * server.on("request", (request, response) => {
	 * 	if (request.url === "/shutdown") void service.stop("asked by the operator");
	 * 	response.end();
	 * });
	 * ```
	 */
	stop(why?: string): Promise<ShutdownReport>;
}
