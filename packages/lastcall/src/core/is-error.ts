import { tryGet } from "./try-get.ts";

/**
 * Returns true if `value` is an error, whichever realm it is from. In Jest and in a context of `node:vm`, the errors of Node.js are not
 * instances of the global `Error`.
 */
export function isError(value: unknown): value is Error {
	return tryGet(() => value instanceof Error || Object.prototype.toString.call(value) === "[object Error]") ?? false;
}
