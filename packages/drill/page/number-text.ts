const whole = new Intl.NumberFormat("en-US");
/** By number of decimal places. Creating a formatter is slow. */
const decimals = Array.from(
	{ length: 6 },
	(_, places) => new Intl.NumberFormat("en-US", { maximumFractionDigits: places }),
);

/** `12,345` */
export function countText(count: number): string {
	return whole.format(count);
}

/** `1 request`, `2 requests` */
export function countOf(count: number, noun: string): string {
	return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A duration, `3.42 ms` or `12.5 s`. */
export function durationText(ms: number): string {
	const size = Math.abs(ms);
	if (size >= 10_000) return `${decimal(ms / 1000, 2)} s`;
	return `${decimal(ms, size < 100 ? 2 : size < 1000 ? 1 : 0)} ms`;
}

/** An instant relative to the stop: `+3.42 ms`, `−120 ms`. */
export function instantText(ms: number): string {
	return `${ms > 0 ? "+" : ""}${durationText(ms)}`;
}

/** An instant on an axis with labels every `stepMs`, with as many digits as distinguish them. */
export function tickText(ms: number, stepMs: number): string {
	if (ms === 0) return "0";
	if (stepMs >= 1000) return `${decimal(ms / 1000, 0)} s`;
	return `${decimal(ms, Math.max(0, -Math.floor(Math.log10(stepMs) + 1e-9)))} ms`;
}

function decimal(value: number, digits: number): string {
	const text = (decimals[digits] ?? whole).format(Math.abs(value));
	return value < 0 && text !== "0" ? `\u2212${text}` : text;
}
