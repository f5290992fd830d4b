// Checks of what a caller passes in. Each throws an error in one style: `option: wanted …, got …`.

/** The longest time that a timer of Node.js can measure. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Returns `value` if it is a time in milliseconds from `least` to the longest that a timer can measure.
 * @throws {TypeError} if it is not a number
 * @throws {RangeError} if it is out of range
 */
export function checkMilliseconds(name: string, value: unknown, least: number): number {
	const message = `${name}: wanted a number of milliseconds from ${least} to ${LONGEST_MS}, got ${quote(value)}`;
	if (typeof value !== "number") throw new TypeError(message);
	if (!(value >= least && value <= LONGEST_MS)) throw new RangeError(message);
	return value;
}

/**
 * Returns `value` if it is a boolean, and `fallback` if it is `undefined`.
 * @throws {TypeError} if it is anything else
 */
export function checkBoolean(name: string, value: unknown, fallback: boolean): boolean {
	if (value === undefined || typeof value === "boolean") return value ?? fallback;
	throw new TypeError(`${name}: wanted true or false, got ${quote(value)}`);
}

/** @throws {TypeError} if `value` is not a function; `option` says which one it is, and for what */
export function checkFunction(option: string, value: unknown): void {
	if (typeof value !== "function") throw new TypeError(`${option}: wanted a function, got ${quote(value)}`);
}

/**
 * Returns `name` if it is a non-empty string.
 * @throws {TypeError} if it is anything else
 */
export function checkName(name: unknown): string {
	if (typeof name === "string" && name !== "") return name;
	throw new TypeError(`name: wanted a non-empty string, got ${quote(name)}`);
}

/**
 * Checks that `options` is an object and has no other properties than the known ones: a misspelt option is an error.
 * @throws {TypeError} that names the unknown option and the known ones
 */
export function checkOptionNames(options: unknown, known: readonly string[]): void {
	if (typeof options !== "object" || options === null || Array.isArray(options)) {
		throw new TypeError(`options: wanted an object, got ${quote(options)}`);
	}
	for (const name of Object.keys(options)) {
		if (!known.includes(name)) throw new TypeError(`options: unknown option "${name}"; there are ${known.join(", ")}`);
	}
}

/** Returns `value` as text for an error message: short, and with its type visible. */
export function quote(value: unknown): string {
	if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
	if (typeof value === "function") return `function ${value.name || "(anonymous)"}`;
	if (typeof value === "object" && value !== null) return value.constructor?.name ?? "object";
	return String(value);
}
