import type { ServiceState } from "./service-state.ts";
import { isStopped } from "./stopped-error.ts";

/**
 * Runs `work` in this turn, in flight until it has ended. An error that it ends with stops the service, except for that
 * of the signal once that has aborted. Resolves to true if it ended well.
 */
export async function runTask(
	service: ServiceState,
	name: string,
	work: (signal: AbortSignal) => unknown,
): Promise<boolean> {
	const { drainSignal } = service;
	let isWell = true;
	const failed = (error: unknown): void => {
		isWell = false;
		if (drainSignal.aborted && isStopped(error)) return;
		void service.stop({ kind: "task-failed", name, error });
	};
	await service.tasks.run(name, "task", () => work(drainSignal), failed);
	return isWell;
}
