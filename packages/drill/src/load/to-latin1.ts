/** Returns a body as latin1: one character for each byte. */
export function toLatin1(body: string | Uint8Array): string {
	// `Buffer.from` takes either, but no overload of its type does.
	return Buffer.from(body as Uint8Array).toString("latin1");
}
