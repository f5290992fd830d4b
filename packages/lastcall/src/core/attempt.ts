import type { Failure } from "./stop-reason.ts";

/** Calls what belongs to the program. `failed` gets the error that it throws, under `name`; whatever comes next goes on. */
export function attempt(name: string, failed: (failure: Failure) => void, call: () => void): void {
	try {
		call();
	} catch (error) {
		failed({ name, error });
	}
}
