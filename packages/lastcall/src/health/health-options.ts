import { checkBoolean, checkOptionNames } from "../core/check-options.ts";
import { Check, type CheckFunction, type CheckListener, type CheckOptions } from "./checks.ts";

/** The options of `service.health()`. */
export interface HealthOptions {
	/**
	 * The checks that readiness depends on, by name: a function, or a function with options. Clients see the names.
	 * @default none: readiness depends only on the phase
	 */
	readonly checks?: Readonly<Record<string, CheckFunction | CheckOptions>> | undefined;
	/**
	 * Whether readiness stays true from the stop reason until closing begins.
	 *
	 * Use it for a single replica, with `lameDuckMs`. If no other pod is ready, Kubernetes still sends requests to one that is
	 * terminating, as long as that one is ready (KEP-1669).
	 * @default false
	 */
	readonly readyUntilClosing?: boolean | undefined;
}

/**
 * Creates the checks that the options ask for.
 * @throws {TypeError} if an option is unknown or has the wrong type
 * @throws {RangeError} if a time is out of range
 */
export function createChecks(options: HealthOptions, onChange: CheckListener): Check[] {
	checkOptionNames(options, ["checks", "readyUntilClosing"]);
	const { checks = {}, readyUntilClosing } = options;
	checkBoolean("readyUntilClosing", readyUntilClosing, false);
	return Object.entries(checks).map(([name, check]) => new Check(name, check, onChange));
}
