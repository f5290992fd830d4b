import { checkBoolean, checkOptionNames } from "../core/check-options.ts";
import { Check, type CheckFunction, type CheckOptions, type Heard } from "./checks.ts";

/** The options of `service.health()`. */
export interface HealthOptions {
	/** What readiness depends on besides the phase, by name: a function, or a function with options. */
	readonly checks?: Readonly<Record<string, CheckFunction | CheckOptions>> | undefined;
	/**
	 * Whether readiness stays true from the stop reason until closing begins. For a single replica: where no ready one is
	 * left, Kubernetes still sends requests to one that is leaving and says it is ready (KEP-1669). With `lameDuckMs`, and
	 * only where nothing else is to be chosen instead.
	 * @default false
	 */
	readonly readyUntilClosing?: boolean | undefined;
}

/**
 * The checks that the options ask for.
 * @throws {TypeError} for an option that there isn't, or one of the wrong type
 * @throws {RangeError} for a time that is out of range
 */
export function checksOf(options: HealthOptions, heard: Heard): Check[] {
	checkOptionNames(options, ["checks", "readyUntilClosing"]);
	const { checks = {}, readyUntilClosing } = options;
	checkBoolean("readyUntilClosing", readyUntilClosing, false);
	return Object.entries(checks).map(([name, check]) => new Check(name, check, heard));
}
