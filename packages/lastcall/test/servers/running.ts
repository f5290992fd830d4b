import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createService, type HostedService, type ServiceOptions } from "lastcall";

/** So long that who waits for it fails by the test's own time limit. */
export const NEVER_MS = 120_000;

export interface Running {
	readonly service: HostedService;
	/** Looks once in every turn of the loop. */
	until(condition: () => boolean): Promise<void>;
	/** What is in flight, by name. */
	names(): string[];
}

/** A service that runs, and is stopped after the test. Idle connections linger for 60 ms. */
export async function running(t: TestContext, options: ServiceOptions = {}): Promise<Running> {
	const service = createService({ gracePeriodMs: NEVER_MS, lingerMs: 60, closeReserveMs: 0, log: false, ...options });
	await service.start();
	// Where nothing is left to happen, the test ends by its time limit and says so.
	const alive = setInterval(() => {}, 1_000);
	t.after(async () => {
		await service.stopNow();
		clearInterval(alive);
	});
	return {
		service,
		until: async (condition) => {
			while (!condition()) {
				await nextTurn();
				t.signal.throwIfAborted();
			}
		},
		names: () => service.inFlight().map(({ name, what }) => `${name} ${what}`),
	};
}
