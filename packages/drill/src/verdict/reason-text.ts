/** What one reason says of so many requests, processes or rounds. The README has a heading for each code. */
export interface ReasonText {
	/** `statuses`: of the responses that it is about. */
	readonly what: (count: number, statuses: string) => string;
	readonly advice: string;
}

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
