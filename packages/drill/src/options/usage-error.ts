/** Something that was asked for can't be done. The message names the option, the value and what was wanted. */
export class UsageError extends Error {
	override readonly name = "UsageError";
	/** Stable across versions. */
	readonly code = "ERR_DRILL_USAGE";
}

/** A value as it should stand in an error message: short, and telling its type. */
export function quote(value: unknown): string {
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
