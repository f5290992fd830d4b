/** `12,345` */
export function integer(value: number): string {
	return Math.round(value).toLocaleString("en");
}

/** `1.07×` */
export function times(value: number): string {
	return `${value.toFixed(2)}×`;
}

/** `12,345`, of bytes */
export function kilobytes(bytes: number): string {
	return integer(bytes / 1_000);
}

/** `1.25 s` */
export function seconds(ms: number): string {
	return `${(ms / 1_000).toFixed(2)} s`;
}
