import type { Failure } from "./stop-reason.ts";

/** Calls code of the program. What it throws goes to `onFailure`, under `name`, so that the caller can go on. */
export function attempt(name: string, onFailure: (failure: Failure) => void, call: () => void): void {
	try {
		call();
	} catch (error) {
		onFailure({ name, error });
	}
}
