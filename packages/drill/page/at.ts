/** Returns an element that is known to exist. The compiler can't know that, and a default for each access would cost time. */
export function at(values: ArrayLike<number>, index: number): number {
	return values[index] as number;
}
