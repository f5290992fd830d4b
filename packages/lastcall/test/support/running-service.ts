import type { TestContext } from "node:test";
import { createService, type HostedService, type ServiceOptions } from "lastcall";
import { keepLoopAlive, NEVER_MS } from "./time-limit.ts";
import { until } from "./until.ts";

export interface RunningService {
	readonly service: HostedService;
	/** Waits for a condition, which is looked at once in each turn of the event loop. */
	until(condition: () => boolean): Promise<void>;
	/** What is in flight, by name. */
	names(): string[];
}

/** A service that runs, and is stopped after the test. Idle connections linger for 60 ms. */
export async function running(t: TestContext, options: ServiceOptions = {}): Promise<RunningService> {
	const service = createService({ gracePeriodMs: NEVER_MS, lingerMs: 60, closeReserveMs: 0, log: false, ...options });
	await service.start();
	t.after(() => service.stopNow());
	keepLoopAlive(t);
	return {
		service,
		until: (condition) => until(t, condition),
		names: () => service.inFlight().map(({ name, what }) => `${name} ${what}`),
	};
}
