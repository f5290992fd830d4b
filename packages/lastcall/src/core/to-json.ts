import { isError } from "./is-error.ts";
import { cut, printable } from "./printable.ts";
import { tryGet } from "./try-get.ts";

/** The limits of what is written for one value. */
const MOST_CHARACTERS = 64_000;
const LONGEST_STRING = 16_000;
/** In a list or an object. */
const MOST_MEMBERS = 100;
const MOST_LEVELS = 12;

/** Stands for something that is left out. */
const LEFT_OUT = "…";

/**
 * Returns any value as one line of JSON of limited length. Errors become objects, although their properties are not enumerable,
 * and strings become printable. A list that is too long is cut, and the number of entries that were left out follows it:
 * `"inFlight":[…],"inFlightOmitted":1400`.
 */
export function toJson(value: unknown): string {
	return JSON.stringify(new Copy().of(value) ?? null);
}

/** Copies a value within the limits. */
class Copy {
	#left = MOST_CHARACTERS;
	/** The objects that contain the value that is being copied. */
	readonly #above = new Set<object>();

	of(value: unknown): unknown {
		this.#left -= 5;
		if (typeof value === "string") return this.#text(value);
		if (typeof value === "bigint" || typeof value === "symbol") return this.#text(String(value));
		if (typeof value === "function") return undefined;
		return typeof value === "object" && value !== null ? this.#object(value) : value;
	}

	#text(text: string): string {
		const lines = text.slice(0, 2 * LONGEST_STRING).split("\n");
		const shown = lines.map((line) => printable(line, LONGEST_STRING)).join("\n");
		const fitting = cut(shown, Math.max(1, Math.min(LONGEST_STRING, this.#left)));
		this.#left -= fitting.length;
		return fitting;
	}

	#object(value: object): unknown {
		if (this.#above.has(value)) return "[circular]";
		if (this.#above.size >= MOST_LEVELS) return LEFT_OUT;
		this.#above.add(value);
		const copy = tryGet(() => this.#copyMembers(value)) ?? "[can't be read]";
		this.#above.delete(value);
		return copy;
	}

	#copyMembers(value: object): unknown {
		if (Array.isArray(value)) return this.#list(value);
		// In JSON it would be a list of numbers, however many megabytes it has.
		if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
		const json = tryGet<unknown>(() => (value as { toJSON?: () => unknown }).toJSON?.());
		return json === undefined || json === value ? this.#members(value) : this.of(json);
	}

	#list(list: readonly unknown[]): unknown[] {
		const copy: unknown[] = [];
		while (copy.length < Math.min(list.length, MOST_MEMBERS) && this.#left > 0) copy.push(this.of(list[copy.length]));
		return copy;
	}

	#members(value: object): object {
		// Without a prototype, `__proto__` is an ordinary key.
		const copy: Record<string, unknown> = Object.create(null);
		const keys = listKeys(value);
		const some = keys.slice(0, MOST_MEMBERS);
		for (const [at, key] of some.entries()) {
			if (this.#left <= 0) some.length = at;
			else
				this.#member(
					copy,
					printable(key, 200),
					tryGet(() => value[key as keyof typeof value]),
				);
		}
		if (some.length < keys.length) copy[LEFT_OUT] = `${keys.length - some.length} more`;
		return copy;
	}

	#member(copy: Record<string, unknown>, key: string, value: unknown): void {
		this.#left -= key.length;
		const copied = this.of(value);
		copy[key] = copied;
		const omitted = Array.isArray(copied) && Array.isArray(value) ? value.length - copied.length : 0;
		if (omitted > 0) copy[`${key}Omitted`] = omitted;
	}
}

/** Lists the standard properties of an error first: what a library has added to it may exceed the limits. */
function listKeys(value: object): string[] {
	const keys = Object.keys(value);
	if (!isError(value)) return keys;
	const known = ["name", "message", "stack", "cause", "errors"].filter((key) => key in value);
	return [...new Set([...known, ...keys])];
}
