const { hrtime } = process;

function read(): number {
	const time = hrtime();
	return time[0] * 1e3 + time[1] / 1e6;
}

/** When `performance.now()` was 0, on the clock of `hrtime`. Some microseconds later, so that no age is negative. */
const origin = -performance.now() + read();

/** The same as `performance.now()`, which costs a request of a running service twice as much. */
export function monotonicNow(): number {
	return read() - origin;
}
