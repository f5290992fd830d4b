/** `value` as JSON in one line, with errors as objects: what matters of an error isn't enumerable. */
export function toJson(value: unknown): string {
	return JSON.stringify(value, withErrors);
}

function withErrors(_key: string, value: unknown): unknown {
	if (typeof value === "bigint") return String(value);
	if (!(value instanceof Error)) return value;
	const { name, message, stack, cause } = value;
	return { ...value, name, message, stack, ...(cause === undefined ? {} : { cause }) };
}
