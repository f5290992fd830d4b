/**
 * Returns false for a server without TLS. It does not compare classes, since that would load `node:tls` in a program that does without:
 * with `node:crypto`, that takes longer than all of lastcall.
 */
export function mayBeTls(server: unknown): boolean {
	return typeof server === "object" && server !== null && "setSecureContext" in server;
}
