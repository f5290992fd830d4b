/** Throws a `RangeError` unless `value` is a positive integer. */
export function checkPositive(name: string, value: number): void {
	if (!Number.isSafeInteger(value) || value <= 0)
		throw new RangeError(`${name}: wanted a positive integer, got ${value}`);
}
