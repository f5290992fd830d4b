import { runTask } from "./run-task.ts";
import type { ServiceState } from "./service-state.ts";

/**
 * Runs `work` as a task again and again, until draining begins or a run fails: first after `ms` milliseconds, then `ms` after
 * the end of each run. Nothing is in flight between two runs.
 */
export function every(service: ServiceState, name: string, ms: number, work: (signal: AbortSignal) => unknown): void {
	const { clock, drainSignal } = service;
	let cancel = (): void => {};
	const pause = (): void => {
		if (!drainSignal.aborted) cancel = clock.after(ms, () => void run());
	};
	const run = async (): Promise<void> => {
		if (await runTask(service, name, work)) pause();
	};
	drainSignal.addEventListener("abort", () => cancel(), { once: true });
	pause();
}
