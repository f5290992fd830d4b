/** `40 ms`, `1.2 s`, `73 s`. */
export function duration(ms: number): string {
	if (Math.abs(ms) < 1_000) return `${Math.round(ms)} ms`;
	return `${Math.abs(ms) < 10_000 ? (ms / 1_000).toFixed(1) : Math.round(ms / 1_000)} s`;
}

/** `12,345`. */
export function number(value: number): string {
	return value.toLocaleString("en-US");
}
