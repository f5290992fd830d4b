/** What one reason says of so many requests, processes or rounds. The README has a heading for each code. */
export interface ReasonText {
	readonly what: (count: number, details: ReasonDetails) => string;
	readonly advice: string;
}

/** What some of them tell besides. */
export interface ReasonDetails {
	/** Of the responses that it is about. */
	readonly statuses: string;
	/** For how long the server kept a connection idle, at least. */
	readonly idleMs: number;
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
