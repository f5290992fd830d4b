import type { ServiceState } from "../core/service-state.ts";
import { toJson } from "../core/to-json.ts";
import { createFetch, createHandler } from "../health/handlers.ts";
import { createChecks, type HealthOptions } from "../health/health-options.ts";
import { closeHealthServer, createHealthServer } from "../health/health-port.ts";
import { describeHandles, openHandles } from "../process/open-handles.ts";
import { describeAddress } from "../servers/address.ts";
import { listen } from "../servers/listen.ts";
import { claimServer } from "../servers/listening/served-servers.ts";
import type { HealthProbes } from "./health-probes.ts";

/**
 * Creates the probes of a service.
 * @throws {TypeError} if an option is unknown or has the wrong type
 * @throws {RangeError} if a time is out of range
 */
export function createHealth(name: string, state: ServiceState, options: HealthOptions): HealthProbes {
	const checks = createChecks(options, (check, failure) =>
		state.emit(
			failure === undefined
				? { type: "check-recovered", name: check }
				: { type: "check-failed", name: check, error: failure.error },
		),
	);
	const { readyUntilClosing = false } = options;
	const health = { checks, readyUntilClosing, snapshot: () => state.snapshot() };
	const handler = createHandler(health);
	const status = (): string =>
		toJson({ name, pid: process.pid, ...state.snapshot(), openHandles: describeHandles(openHandles()) });
	return {
		handler,
		fetch: createFetch(health),
		async listen(where) {
			const server = createHealthServer(handler, status);
			claimServer(server);
			await listen("health", server, where);
			// The service may have closed before the server listens.
			void state.closed.then(() => closeHealthServer(server));
			state.emit({ type: "listening", name: "health", address: describeAddress(server) });
			return server;
		},
	};
}
