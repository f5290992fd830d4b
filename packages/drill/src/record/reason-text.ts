/** The text of one reason. The README has a heading for each code. */
export interface ReasonText {
	/** Says what happened to `count` requests, processes or rounds. */
	readonly what: (count: number, details: ReasonDetails) => string;
	/** Says what to do about it. */
	readonly advice: string;
}

/** What the text of some reasons also contains. */
export interface ReasonDetails {
	/** The statuses of the responses that it is about. */
	readonly statuses: string;
	/** The shortest time after which the server ended an idle connection. */
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
