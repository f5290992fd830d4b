import type { ServiceState } from "./service-state.ts";
import { isStopped } from "./stopped-error.ts";

/**
 * Runs `work` in this turn, and counts it as in flight until it has ended. An error stops the service, unless it is that of
 * the aborted signal. Resolves to true if there was no error at all.
 */
export async function runTask(
	service: ServiceState,
	name: string,
	work: (signal: AbortSignal) => unknown,
): Promise<boolean> {
	const { drainSignal } = service;
	let hasSucceeded = true;
	const onError = (error: unknown): void => {
		hasSucceeded = false;
		if (drainSignal.aborted && isStopped(error)) return;
		void service.stop({ kind: "task-failed", name, error });
	};
	await service.tasks.run(name, "task", () => work(drainSignal), onError);
	return hasSucceeded;
}
