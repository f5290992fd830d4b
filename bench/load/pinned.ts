/** The core of each client in turn, and the server's. */
export const CLIENT_CORE = 0;
export const SERVER_CORE = 1;

/** The command, pinned to one core. */
export function pinned(core: number, command: readonly string[]): readonly [string, ...string[]] {
	return ["taskset", "-c", `${core}`, ...command];
}
