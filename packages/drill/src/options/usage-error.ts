/** An option that can't be used as it was given. The message names the option, what was wanted and the value. */
export class UsageError extends Error {
	override readonly name = "UsageError";
	/** Stable across versions. */
	readonly code = "ERR_DRILL_USAGE";
}

/** A value as an error message quotes it: as JSON, which shows its type, and at most 60 characters of it. */
export function quote(value: unknown): string {
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
