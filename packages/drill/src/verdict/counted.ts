/** `1 request was`, `2 requests were`. */
export function were(count: number, thing: string): string {
	return count === 1 ? `1 ${thing} was` : `${count} ${plural(thing)} were`;
}

/** `1 request`, `2 requests`. */
export function some(count: number, thing: string): string {
	return `${count} ${count === 1 ? thing : plural(thing)}`;
}

function plural(thing: string): string {
	return thing.endsWith("s") ? `${thing}es` : `${thing}s`;
}
