import { encodeFields, encodeName, encodeText } from "./hpack-encoder.ts";

const REQUEST_ID = encodeName("x-request-id");

/** Returns the function that encodes a whole request head for an id. `fields` has all others, the pseudo-header fields first. */
export function http2RequestHead(fields: Readonly<Record<string, string>>): (id: string) => string {
	const all = encodeFields(Object.entries(fields).map(([name, value]) => ({ name, value })));
	const start = `${all}${REQUEST_ID}`;
	return (id) => start + encodeText(id);
}
