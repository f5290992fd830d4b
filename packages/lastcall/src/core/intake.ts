import type { Resource } from "./resource.ts";
import type { ServiceState } from "./service-state.ts";
import { isStopped } from "./stopped-error.ts";

/** Stops what fetches work. `signal` aborts at the hard stop. */
type Stop = (signal: AbortSignal) => unknown;

/**
 * Registers what fetches work for the program. `stop` is called once: when draining begins, or at once if it has begun. It is in
 * flight until it has ended.
 * @throws {StoppedError} from the start of closing on: `stop` is called, and not waited for
 */
export function addIntake(service: ServiceState, name: string, stop: Stop): void {
	const { lifecycle, intakes, closers, hardStopSignal } = service;
	if (lifecycle.isBefore("draining")) {
		intakes.push(() => void stopIntake(service, name, stop));
	} else if (lifecycle.isBefore("closing")) {
		void stopIntake(service, name, stop);
	} else {
		const isBegun = closers.closeLate(name, { close: () => stop(hardStopSignal) });
		service.throwIfStopping(`"${name}" came too late and was ${isBegun ? "stopped at once" : "not stopped"}`);
	}
}

/**
 * Registers a resource that fetches work and knows how it is closed: it begins to close when draining begins. Returns what is to be
 * closed in its turn after the drain: that waits for the rest of the closing, has its error, and can be cut at the deadline.
 */
export function closeFirst(service: ServiceState, name: string, resource: Resource): Resource {
	let closed: Promise<unknown> | undefined;
	const close = (): Promise<unknown> => {
		closed ??= new Promise((resolve) => resolve(resource.close()));
		return closed;
	};
	if (service.lifecycle.isBefore("closing")) addIntake(service, name, () => close().catch(() => {}));
	return resource.cut === undefined ? { close } : { close, cut: () => resource.cut?.() };
}

/** Called by the sequence when draining begins. What is registered meanwhile is stopped at once. */
export function stopIntakes({ intakes }: ServiceState): void {
	for (const stop of intakes.splice(0)) stop();
}

async function stopIntake(
	{ tasks, hardStopSignal, addFailure }: ServiceState,
	name: string,
	stop: Stop,
): Promise<void> {
	const done = tasks.enter(name, "stopping");
	try {
		const stopped = stop(hardStopSignal);
		// What has stopped already is over in this turn, so that the log does not name it as in flight.
		if (isThenable(stopped)) await stopped;
	} catch (error) {
		if (!isStopped(error)) addFailure({ name, error });
	} finally {
		done();
	}
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
	return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
