import type { TestContext } from "node:test";
import type { ServiceOptions } from "lastcall";
import { createRootService } from "#src/service/create-root-service.js";
import type { RootService } from "#src/service/root-service.js";
import { NEVER_MS } from "./time-limit.ts";

/** A service that runs and is stopped after the test, with the internals that programs do not have. */
export async function runningInternally(t: TestContext, options: ServiceOptions = {}): Promise<RootService> {
	const service = createRootService({ gracePeriodMs: NEVER_MS, lingerMs: 60, closeReserveMs: 0, ...options }, () => {});
	await service.start();
	t.after(() => service.stopNow());
	return service;
}
