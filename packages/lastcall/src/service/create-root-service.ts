import { quote } from "../core/check-options.ts";
import type { Observer } from "../core/events.ts";
import { systemClock } from "../process/system-clock.ts";
import { programName } from "./observer.ts";
import { RootService } from "./root-service.ts";
import type { ServiceOptions } from "./service-options.ts";

/** Creates a service whose option names have been checked. */
export function createRootService(options: ServiceOptions, observer: Observer): RootService {
	const { signal } = options;
	if (signal !== undefined && !(signal instanceof AbortSignal)) {
		throw new TypeError(`signal: wanted an AbortSignal, got ${quote(signal)}`);
	}
	return new RootService({ ...options, name: programName(options) }, systemClock, observer);
}
