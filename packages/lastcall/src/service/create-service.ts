import { checkOptionNames } from "../core/check-options.ts";
import { createRootService } from "./create-root-service.ts";
import type { HostedService } from "./hosted-service.ts";
import { createObserver } from "./observer.ts";
import { SERVICE_OPTIONS, type ServiceOptions } from "./service-options.ts";

/**
 * Creates a service that its host starts and stops. It listens for no signals, catches no uncaught errors and never ends the
 * process.
 *
 * Use it in tests, and in hosts that do these things themselves; use `run` for a program. The host calls `start()`, then
 * `stop()`, and `stopNow()` for a hard stop, such as at a second Ctrl+C.
 * @throws {TypeError} if an option is unknown or has the wrong type
 * @throws {RangeError} if a time is out of range, or the times do not fit into the grace period
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { createService } from "lastcall";
 *
 * const service = createService({ gracePeriodMs: 5_000, log: false });
 * await service.start((service) => service.listen("http", createServer(handler), { port: 8080 }));
 * // …
 * const { ok, left } = await service.stop();
 * ```
 */
export function createService(options: ServiceOptions = {}): HostedService {
	checkOptionNames(options, SERVICE_OPTIONS);
	return createRootService(options, createObserver(options));
}
