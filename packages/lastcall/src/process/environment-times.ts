import { checkMilliseconds } from "../core/check-options.ts";
import type { ServiceEvent } from "../core/events.ts";
import { DEFAULTS, DEVELOPMENT_LINGER_MS, parseTimes, type TimeOptions, type Times } from "../core/time-options.ts";
import type { Warning } from "../core/warning.ts";

export const GRACE_PERIOD_VARIABLE = "LASTCALL_GRACE_PERIOD_MS";
export const LAME_DUCK_VARIABLE = "LASTCALL_LAME_DUCK_MS";

/** The options of a program with the times of its environment. */
export interface EnvironmentTimes<Options> {
	readonly options: Options;
	readonly watchMode: string | undefined;
	/** The name of the variable that sets the grace period, if there is one. */
	readonly gracePeriodFrom: string | undefined;
	/** Set if other times had to be shortened for it. */
	readonly warning: Warning | undefined;
	/** Returns `event` with the name of that variable, if it says how long that grace period is. */
	readonly withSource: (event: ServiceEvent) => ServiceEvent;
}

/**
 * Puts the times of the environment in the place of those of `options`: the manifest that sets the platform's time can set the
 * program's, too. Times of the program that do not fit into the grace period of the environment are shortened in proportion,
 * as after a crash: a manifest should not keep a program from starting.
 * @param watchMode in a watch mode, all clients are the developer's: no lame duck, a short linger, no spread
 * @throws {TypeError} if a time is not a number
 * @throws {RangeError} if one is out of range, or does not fit into the grace period for another reason than that
 */
export function withEnvironment<Options extends TimeOptions>(
	options: Options,
	watchMode: string | undefined,
	env: Readonly<Record<string, string | undefined>> = process.env,
): EnvironmentTimes<Options> {
	// What is wrong without the environment is an error of the program, and named as such.
	const own = parseTimes(options);
	const gracePeriodMs = readMilliseconds(env, GRACE_PERIOD_VARIABLE, 1);
	const lameDuckMs = readMilliseconds(env, LAME_DUCK_VARIABLE, 0);
	const whole = gracePeriodMs ?? own.gracePeriodMs;
	checkLameDuck(lameDuckMs, gracePeriodMs, whole);
	const alone = watchMode === undefined ? {} : { lameDuckMs: 0, lingerMs: shortLinger(own), spreadMs: 0 };
	const shortened = shorten({ ...own, ...alone }, options, { whole, lameDuckMs });
	const gracePeriodFrom = gracePeriodMs === undefined ? undefined : GRACE_PERIOD_VARIABLE;
	return {
		options: { ...options, ...alone, ...present({ gracePeriodMs, lameDuckMs }), ...shortened },
		watchMode,
		gracePeriodFrom,
		warning: warnOfShortened(own, shortened, { gracePeriodMs, lameDuckMs }),
		withSource: (event) => {
			if (event.type !== "stopping" || gracePeriodFrom === undefined || event.reason.kind === "uncaught") return event;
			return { ...event, gracePeriodFrom };
		},
	};
}

function shortLinger({ lingerMs, gracePeriodMs }: Times): number {
	return Math.min(lingerMs ?? DEFAULTS.lingerMs(gracePeriodMs), DEVELOPMENT_LINGER_MS);
}

/** The times of the environment. */
interface Given {
	readonly gracePeriodMs: number | undefined;
	readonly lameDuckMs: number | undefined;
}

/** Returns those that are set. */
function present(given: Given): Partial<TimeOptions> {
	return Object.fromEntries(Object.entries(given).filter(([, ms]) => ms !== undefined));
}

function checkLameDuck(lameDuckMs: number | undefined, gracePeriodMs: number | undefined, whole: number): void {
	if (lameDuckMs === undefined || lameDuckMs <= whole) return;
	const grace = gracePeriodMs === undefined ? "gracePeriodMs" : GRACE_PERIOD_VARIABLE;
	throw new RangeError(
		`${LAME_DUCK_VARIABLE} (${lameDuckMs}) must fit into ${grace} (${whole}); ` +
			`lower ${LAME_DUCK_VARIABLE}, or raise ${GRACE_PERIOD_VARIABLE}`,
	);
}

function warnOfShortened(
	own: Times,
	shortened: Partial<Record<Part, number>>,
	{ gracePeriodMs, lameDuckMs }: Given,
): Warning | undefined {
	const changes = Object.entries(shortened).map(([name, ms]) => `${name} from ${own[name as Part]} to ${ms} ms`);
	if (changes.length === 0) return undefined;
	const variables = [
		...(gracePeriodMs === undefined ? [] : [`${GRACE_PERIOD_VARIABLE} (${gracePeriodMs})`]),
		...(lameDuckMs === undefined ? [] : [`${LAME_DUCK_VARIABLE} (${lameDuckMs})`]),
	];
	const message =
		`${variables.join(" and ")} left too little time for options of the program, which were shortened: ` +
		`${changes.join(", ")}; raise ${GRACE_PERIOD_VARIABLE}, or lower the options`;
	return { code: "times", message };
}

type Part = "crashGracePeriodMs" | "lameDuckMs" | "lingerMs" | "spreadMs" | "closeReserveMs";

/**
 * Returns the options that have to be shorter, each with its new time: none where all of them fit. What is left of the grace
 * period for the work in flight stays the same share of it.
 * @param whole the grace period
 * @param lameDuckMs the lame duck of the environment, which is not shortened
 */
function shorten(
	own: Times,
	options: TimeOptions,
	{ whole, lameDuckMs }: { readonly whole: number } & Pick<Given, "lameDuckMs">,
): Partial<Record<Part, number>> {
	const parts: readonly Part[] = [
		"lingerMs",
		"spreadMs",
		"closeReserveMs",
		...(lameDuckMs === undefined ? ["lameDuckMs" as const] : []),
	];
	const roomMs = whole - (lameDuckMs ?? 0);
	const ownRoomMs = own.gracePeriodMs - (lameDuckMs === undefined ? 0 : own.lameDuckMs);
	const sumMs = parts.reduce((sum, name) => sum + (own[name] ?? 0), 0);
	const shortened: Partial<Record<Part, number>> = {};
	// Downwards, so that the sum still fits.
	if (sumMs > roomMs)
		for (const name of parts) if (own[name]) shortened[name] = Math.floor((own[name] * roomMs) / ownRoomMs);
	if (options.crashGracePeriodMs !== undefined && own.crashGracePeriodMs > whole) {
		shortened.crashGracePeriodMs = Math.max(1, Math.floor((own.crashGracePeriodMs * whole) / own.gracePeriodMs));
	}
	return shortened;
}

/** Returns the milliseconds of a variable, or `undefined` if it is not set or empty. */
export function readMilliseconds(
	env: Readonly<Record<string, string | undefined>>,
	name: string,
	least: number,
): number | undefined {
	const text = env[name]?.trim();
	if (text === undefined || text === "") return undefined;
	return checkMilliseconds(name, /^-?\d+([.]\d+)?$/.test(text) ? Number(text) : text, least);
}
