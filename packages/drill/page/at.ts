/** An element that is known to be there, which the compiler can't know. A default for each would cost time. */
export function at(values: ArrayLike<number>, index: number): number {
	return values[index] as number;
}
