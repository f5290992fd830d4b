import { isError } from "../core/is-error.ts";
import {
	type EnvironmentTimes,
	GRACE_PERIOD_VARIABLE,
	LAME_DUCK_VARIABLE,
	readMilliseconds,
	withEnvironment,
} from "../process/environment-times.ts";
import { checkSnapshotSignal, checkStopSignals } from "../process/signals.ts";
import type { ServiceOptions } from "../service/service-options.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment asks of `lastcall/auto`. */
export interface AutoSettings {
	readonly launch: EnvironmentTimes<ServiceOptions>;
	readonly stopSignals: readonly NodeJS.Signals[];
	readonly snapshotSignal: NodeJS.Signals | undefined;
	/** True if servers of `net` and `tls` are drained, too. */
	readonly drainsNet: boolean;
	/** What is wrong with it, each with the value that is used instead. */
	readonly errors: readonly string[];
}

/**
 * Reads the settings from the environment. A value that is wrong is an error in `errors`, and counts as not set: a preload must not keep
 * a program from starting.
 */
export function readSettings(env: Environment, watchMode: string | undefined): AutoSettings {
	const errors: string[] = [];
	const read = <T>(name: string, parse: (text: string) => T): T | undefined => {
		const text = env[name]?.trim();
		if (text === undefined || text === "") return undefined;
		try {
			return parse(text);
		} catch (error) {
			errors.push(`${isError(error) ? error.message : String(error)}; the variable is ignored`);
			return undefined;
		}
	};
	read("LASTCALL_AUTO", (text) => parseSwitch("LASTCALL_AUTO", text));
	const ms = (name: string, least: number): number | undefined => read(name, () => readMilliseconds(env, name, least));
	const times = { lingerMs: ms("LASTCALL_LINGER_MS", 0), spreadMs: ms("LASTCALL_SPREAD_MS", 0) };
	const own = {
		[GRACE_PERIOD_VARIABLE]: ms(GRACE_PERIOD_VARIABLE, 1),
		[LAME_DUCK_VARIABLE]: ms(LAME_DUCK_VARIABLE, 0),
	};
	const options: ServiceOptions = {
		name: read("LASTCALL_NAME", (text) => text),
		log: read("LASTCALL_LOG", parseLog) ?? "plain",
		showQueryStrings: read("LASTCALL_SHOW_QUERY_STRINGS", (text) => parseSwitch("LASTCALL_SHOW_QUERY_STRINGS", text)),
	};
	return {
		launch: fit(options, times, own, watchMode, errors),
		stopSignals: read("LASTCALL_EXTRA_STOP_SIGNALS", parseStopSignals) ?? checkStopSignals(),
		snapshotSignal: read("LASTCALL_SNAPSHOT_SIGNAL", parseSnapshotSignal),
		drainsNet: read("LASTCALL_AUTO_NET", (text) => parseSwitch("LASTCALL_AUTO_NET", text)) ?? false,
		errors,
	};
}

/** Times that do not fit together are all ignored: which of them is wrong can't be known. */
function fit(
	options: ServiceOptions,
	times: Pick<ServiceOptions, "lingerMs" | "spreadMs">,
	own: Readonly<Record<string, number | undefined>>,
	watchMode: string | undefined,
	errors: string[],
): EnvironmentTimes<ServiceOptions> {
	const env = Object.fromEntries(
		Object.entries(own).flatMap(([name, ms]) => (ms === undefined ? [] : [[name, `${ms}`]])),
	);
	try {
		return withEnvironment({ ...options, ...times }, watchMode, env);
	} catch (error) {
		const message = isError(error) ? error.message : String(error);
		errors.push(
			`${message.replace("lingerMs", "LASTCALL_LINGER_MS").replace("spreadMs", "LASTCALL_SPREAD_MS")}; all times have their defaults`,
		);
		return withEnvironment(options, watchMode, {});
	}
}

function parseLog(text: string): ServiceOptions["log"] {
	if (text === "plain" || text === "json") return text;
	if (text === "off") return false;
	throw new TypeError(`LASTCALL_LOG: wanted "plain", "json" or "off", got "${text}"`);
}

function parseSwitch(name: string, text: string): boolean {
	if (/^(on|1|true|yes)$/i.test(text)) return true;
	if (/^(off|0|false|no)$/i.test(text)) return false;
	throw new TypeError(`${name}: wanted "on" or "off", got "${text}"`);
}

function parseStopSignals(text: string): NodeJS.Signals[] {
	return named("LASTCALL_EXTRA_STOP_SIGNALS", () => checkStopSignals(text.split(/[\s,]+/)));
}

function parseSnapshotSignal(text: string): NodeJS.Signals {
	return named("LASTCALL_SNAPSHOT_SIGNAL", () => {
		checkSnapshotSignal(text, checkStopSignals());
		return text as NodeJS.Signals;
	});
}

/** Calls `check`. Its error names the option; the one that is thrown names the variable. */
function named<T>(variable: string, check: () => T): T {
	try {
		return check();
	} catch (error) {
		throw new TypeError(isError(error) ? error.message.replace(/^\w+/, variable) : String(error));
	}
}
