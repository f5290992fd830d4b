/** The core that every client in turn has for itself, and the server's. */
export const CLIENT_CORE = 0;
export const SERVER_CORE = 1;

/** The command, held to one core. */
export function pinned(core: number, command: readonly string[]): readonly [string, ...string[]] {
	return ["taskset", "-c", `${core}`, ...command];
}
