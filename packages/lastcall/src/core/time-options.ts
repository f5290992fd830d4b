import { checkMilliseconds } from "./check-options.ts";

/** The times of a service. All in milliseconds. */
export interface TimeOptions {
	/**
	 * All the time from the stop reason to the end, with everything inside it. Keep it some seconds below what the
	 * platform gives before it kills (Docker 10 s, Kubernetes 30 s less `preStop`).
	 * @default 10_000
	 */
	readonly gracePeriodMs?: number | undefined;
	/**
	 * The same where an uncaught error is the stop reason: a program in an unknown state should not be in it for long, and
	 * what crashed may be waited for in vain. The parts (`lingerMs`, `spreadMs`, `closeReserveMs`) become shorter in
	 * proportion.
	 * @default a quarter of `gracePeriodMs`
	 */
	readonly crashGracePeriodMs?: number | undefined;
	/**
	 * How long to go on serving as before, with `ready` false, until the load balancer has learned that we are going.
	 * @default 0
	 */
	readonly lameDuckMs?: number | undefined;
	/**
	 * How long an idle kept-alive connection is left open for the request that may be on its way. With N idle
	 * connections and a round trip of RTT, at most N·RTT / (e·lingerMs) requests cross the end of the linger. A peer that got
	 * the closing message of its protocol, such as a WebSocket, has as much time to close its side, but at least 1 s or a tenth of the time that is left.
	 * @default a tenth of `gracePeriodMs`, at most 5_000; 0 at a Ctrl+C in a terminal with no request in flight
	 */
	readonly lingerMs?: number | undefined;
	/**
	 * The longest time over which closing messages to many clients are spread, so that they don't all reconnect at once; about a
	 * millisecond for each, nothing for 10 or fewer. It comes on top of `lingerMs`, and takes at most half of what is
	 * left of the grace period. Unless it is given, it is as long as idle connections linger.
	 */
	readonly spreadMs?: number | undefined;
	/**
	 * The part of `gracePeriodMs` that is kept for closing resources: work that is not done by then is hard-stopped.
	 * @default a fifth of `gracePeriodMs`; 0 where there is nothing to close
	 */
	readonly closeReserveMs?: number | undefined;
}

/** The defaults, once. */
export const DEFAULTS = {
	gracePeriodMs: 10_000,
	crashGracePeriodMs: (gracePeriodMs: number): number => gracePeriodMs / 4,
	lameDuckMs: 0,
	lingerMs: (gracePeriodMs: number): number => Math.min(gracePeriodMs / 10, 5_000),
	closeReserveMs: (gracePeriodMs: number): number => gracePeriodMs / 5,
} as const;

/** The times with their defaults. `undefined`: depends on what there is at the stop. */
export interface Times {
	readonly gracePeriodMs: number;
	readonly crashGracePeriodMs: number;
	readonly lameDuckMs: number;
	readonly lingerMs: number | undefined;
	readonly spreadMs: number | undefined;
	readonly closeReserveMs: number | undefined;
}

/**
 * Checks the times and puts in the defaults.
 * @throws {TypeError} where a time is not a number
 * @throws {RangeError} where a time is out of range, or the parts don't fit into the grace period
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
