const { hrtime } = process;

/** How often both clocks are read at the same time, as nearly as possible: the process may be interrupted between the two. */
const READINGS = 5;

function read(): number {
	const time = hrtime();
	return time[0] * 1e3 + time[1] / 1e6;
}

/** When `performance.now()` was 0, on the clock of `hrtime`, or some microseconds later, so that no age is negative. */
function findOrigin(): number {
	let [origin, shortest] = [0, Number.POSITIVE_INFINITY];
	for (let readings = 0; readings < READINGS; readings++) {
		const before = performance.now();
		const at = read();
		const took = performance.now() - before;
		if (took < shortest) [origin, shortest] = [at - before, took];
	}
	return origin;
}

const origin = findOrigin();

/** The same as `performance.now()`, which costs a request of a running service 260 instructions more. */
export function monotonicNow(): number {
	return read() - origin;
}
