import { type Field, STATIC_TABLE } from "./hpack-static-table.ts";

/**
 * Encodes fields as latin1. It uses no dynamic table, so that the same fields are the same bytes on every connection, whatever the
 * server allows.
 */
export function encodeFields(fields: readonly Field[]): string {
	return fields.map(encodeField).join("");
}

/** Encodes the beginning of a field, whose value follows with `encodeText`. */
export function encodeName(name: string): string {
	const known = STATIC_TABLE.findIndex((field) => field.name === name) + 1;
	return known > 0 ? encodeInteger(known, 4, 0) : `\0${encodeText(name)}`;
}

/** Encodes a name or a value, as it is. */
export function encodeText(text: string): string {
	return encodeInteger(text.length, 7, 0) + text;
}

function encodeField({ name, value }: Field): string {
	const known = STATIC_TABLE.findIndex((field) => field.name === name && field.value === value) + 1;
	// A field of the table that has no value there has an empty one.
	return known > 0 ? encodeInteger(known, 7, 0x80) : encodeName(name) + encodeText(value);
}

/** Encodes a number in the last `bits` of a byte with `flags`, and in as many bytes more as it needs (RFC 7541 §5.1). */
function encodeInteger(value: number, bits: number, flags: number): string {
	const most = 2 ** bits - 1;
	if (value < most) return String.fromCharCode(flags | value);
	let text = String.fromCharCode(flags | most);
	let rest = value - most;
	for (; rest >= 0x80; rest >>>= 7) text += String.fromCharCode(0x80 | (rest & 0x7f));
	return text + String.fromCharCode(rest);
}
