import { checkMilliseconds } from "./check-options.ts";

/** The times of a service, in milliseconds. Each is from 0, a grace period from 1, to 2147483647. */
export interface TimeOptions {
	/**
	 * The whole time from the stop reason to the end. All other times are parts of it.
	 *
	 * Keep it below the time after which the platform kills the process (Docker and Compose: 10 s; Kubernetes: 30 s minus
	 * `preStop`). Under `run`, `LASTCALL_GRACE_PERIOD_MS` in the environment wins over this option.
	 * @default 9_000
	 */
	readonly gracePeriodMs?: number | undefined;
	/**
	 * The whole time from an uncaught error to the end, in place of `gracePeriodMs`.
	 *
	 * A program in an unknown state should end soon, and what crashed may never finish. `lingerMs`, `spreadMs` and `closeReserveMs`
	 * become shorter in proportion. At most `gracePeriodMs`.
	 * @default a quarter of `gracePeriodMs`
	 */
	readonly crashGracePeriodMs?: number | undefined;
	/**
	 * How long to go on serving with `ready` false, so that load balancers notice before connections are refused.
	 *
	 * Under `run`, `LASTCALL_LAME_DUCK_MS` in the environment wins over this option. There is no lame duck in development: see
	 * `lingerMs`.
	 * @default 0
	 */
	readonly lameDuckMs?: number | undefined;
	/**
	 * How long an idle keep-alive connection stays open while draining, for a request that may be on its way.
	 *
	 * With N idle connections and a round trip of RTT, at most N·RTT / (e·lingerMs) requests arrive just too late. A peer that has
	 * received the closing message of its protocol, such as a WebSocket's close frame, has as much time to close its side, but
	 * at least 1 s or a tenth of the time that is left.
	 *
	 * In development there are only the developer's own clients: at a Ctrl+C in a terminal, and under `run` in a watch mode
	 * (`node --watch`, `tsx watch`, nodemon), it is at most 100 ms, and `spreadMs` and `lameDuckMs` are 0, whatever the options say.
	 * @default a tenth of `gracePeriodMs`, at most 5_000
	 */
	readonly lingerMs?: number | undefined;
	/**
	 * The longest time over which the closing messages to many clients are spread, so that the clients do not all reconnect
	 * at once.
	 *
	 * They take about a millisecond for each client, and no time for 10 clients or fewer. This time comes on top of `lingerMs`, and
	 * is at most half of what is left of the grace period. Without this option it is as long as `lingerMs`.
	 */
	readonly spreadMs?: number | undefined;
	/**
	 * The part of `gracePeriodMs` that is kept for closing resources. Work that is not done by then is hard-stopped.
	 * @default a fifth of `gracePeriodMs`; 0 where there is nothing to close
	 */
	readonly closeReserveMs?: number | undefined;
}

/**
 * The longest linger in development, in milliseconds. A browser that is open costs no more than this at each save, and a load that a
 * developer has started still loses nothing: its clients do not pause.
 */
export const DEVELOPMENT_LINGER_MS = 100;

/** The defaults. They are written here and in the docs above, and a test compares the two. */
export const DEFAULTS = {
	gracePeriodMs: 9_000,
	crashGracePeriodMs: (gracePeriodMs: number): number => gracePeriodMs / 4,
	lameDuckMs: 0,
	lingerMs: (gracePeriodMs: number): number => Math.min(gracePeriodMs / 10, 5_000),
	closeReserveMs: (gracePeriodMs: number): number => gracePeriodMs / 5,
} as const;

/** The times with their defaults. A time that is `undefined` depends on what there is at the stop. */
export interface Times {
	readonly gracePeriodMs: number;
	readonly crashGracePeriodMs: number;
	readonly lameDuckMs: number;
	readonly lingerMs: number | undefined;
	readonly spreadMs: number | undefined;
	readonly closeReserveMs: number | undefined;
}

/**
 * Checks the times and fills in the defaults.
 * @throws {TypeError} if a time is not a number
 * @throws {RangeError} if a time is out of range, or the parts do not fit into the grace period
 */
export function parseTimes(options: TimeOptions): Times {
	const gracePeriodMs = optional("gracePeriodMs", options.gracePeriodMs, 1) ?? DEFAULTS.gracePeriodMs;
	const crashGracePeriodMs =
		optional("crashGracePeriodMs", options.crashGracePeriodMs, 1) ?? DEFAULTS.crashGracePeriodMs(gracePeriodMs);
	const lameDuckMs = optional("lameDuckMs", options.lameDuckMs) ?? DEFAULTS.lameDuckMs;
	const lingerMs = optional("lingerMs", options.lingerMs);
	const spreadMs = optional("spreadMs", options.spreadMs);
	const closeReserveMs = optional("closeReserveMs", options.closeReserveMs);
	const parts = lameDuckMs + (lingerMs ?? 0) + (spreadMs ?? 0) + (closeReserveMs ?? 0);
	if (parts > gracePeriodMs) {
		const named = Object.entries({ lameDuckMs, lingerMs, spreadMs, closeReserveMs }).filter(([, ms]) => ms);
		throw new RangeError(
			`${named.map(([name, ms]) => `${name} (${ms})`).join(" + ")} must fit into gracePeriodMs (${gracePeriodMs})`,
		);
	}
	if (crashGracePeriodMs > gracePeriodMs) {
		throw new RangeError(
			`crashGracePeriodMs (${crashGracePeriodMs}) must not be longer than gracePeriodMs (${gracePeriodMs})`,
		);
	}
	return { gracePeriodMs, crashGracePeriodMs, lameDuckMs, lingerMs, spreadMs, closeReserveMs };
}

function optional(name: string, value: unknown, least = 0): number | undefined {
	return value === undefined ? undefined : checkMilliseconds(name, value, least);
}
