/**
 * Returns true if the kernel's signal mask `name` of a process includes the signal, and `undefined` if there is no such mask.
 * @param status the text of `/proc/<pid>/status`, or an empty string
 * @param name `SigIgn`: the signals that the process ignores; `SigCgt`: those that it handles
 * @param signal the number of the signal
 */
export function maskIncludes(status: string, name: "SigIgn" | "SigCgt", signal: number): boolean | undefined {
	const [, mask] = new RegExp(`^${name}:\\s*([\\da-f]+)$`, "m").exec(status) ?? [];
	// The lowest bit is signal 1.
	return mask === undefined ? undefined : ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}
