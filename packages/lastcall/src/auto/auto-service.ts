import { isMainThread } from "node:worker_threads";
import type { ServiceEvent } from "../core/events.ts";
import { exitCodeFor } from "../process/choose-exit-code.ts";
import { ignoreLogErrors } from "../process/stderr.ts";
import { createRootService } from "../service/create-root-service.ts";
import { createObserver } from "../service/observer.ts";
import type { RootService } from "../service/root-service.ts";
import type { AutoSettings } from "./environment.ts";

/**
 * Creates the service that drains the servers of a program that knows nothing of it, and starts it. Crashes, an empty event loop and
 * `process.exit()` stay the program's own.
 * @param isHeld returns true if the program itself listens for what began the shutdown
 */
export function createAutoService({ launch, stopSignals }: AutoSettings, isHeld: () => boolean): RootService {
	const observer = createObserver(launch.options);
	const service = createRootService(launch.options, (event, self) => {
		const shown = describe(launch.withSource(event), isHeld);
		if (shown !== undefined) observer(shown, self);
	});
	const { state } = service;
	state.stopSignals = stopSignals;
	state.exitCodeFor = (report) => exitCodeFor(report, {});
	if (launch.options.log !== false) ignoreLogErrors();
	void service.start();
	return service;
}

/** What the log of a worker thread shows: the main thread's has the rest. */
const OF_A_THREAD: readonly ServiceEvent["type"][] = ["listening", "hard-stop", "failed", "warning"];

/** Whether the program runs and how it ends is for the program to say. */
function describe(event: ServiceEvent, isHeld: () => boolean): ServiceEvent | undefined {
	if (event.type === "running" || event.type === "closed") return undefined;
	if (!isMainThread && !OF_A_THREAD.includes(event.type)) return undefined;
	if ((event.type === "closing" && isHeld()) || event.type === "open-handles") return undefined;
	// That the program closes its servers itself is as it should be.
	if (event.type === "warning" && event.warning.code === "close") return undefined;
	return event.type === "stopping" && isHeld() ? { ...event, isHeld: true } : event;
}
