/** Milliseconds on a clock that all threads share, which `performance.now()` is not. */
export function nowMs(): number {
	return Number(process.hrtime.bigint()) / 1e6;
}
