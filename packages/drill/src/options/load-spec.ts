import { LOAD_KINDS } from "../load/load-kinds.ts";
import type { LoadSpec } from "../load/load-spec.ts";
import { quote, UsageError } from "./usage-error.ts";
import { milliseconds, type ParseValue, path, text, wholeNumber } from "./values.ts";

/** How each setting of a load is read. Which of them a kind has is in `LOAD_KINDS`. */
const SETTINGS: Readonly<Record<string, ParseValue<number | string>>> = {
	path,
	connections: wholeNumber(1, 100_000),
	rate: wholeNumber(1, 1_000_000),
	depth: wholeNumber(1, 1_000),
	streams: wholeNumber(1, 1_000),
	events: wholeNumber(1, 1_000_000),
	until: text,
	bytes: wholeNumber(2, 1_000_000_000),
	pause: milliseconds,
	// No timer is shorter.
	every: (name, given) => Math.max(1, Math.round(milliseconds(name, given))),
	message: text,
};

/** Loads: `kind[,setting=value…]` from flags; from a config file that, or an object with a `kind`. */
export const loadSpecs: ParseValue<readonly LoadSpec[]> = (name, given) => {
	const specs = [given].flat();
	if (specs.length === 0) throw new UsageError(`${name}: wanted at least one load, got []`);
	return specs.map((one: unknown) => {
		const { kind, ...settings } = typeof one === "string" ? splitSpec(name, one) : objectSpec(name, one);
		const known = LOAD_KINDS.find((candidate) => candidate.name === kind);
		if (known === undefined) {
			const names = LOAD_KINDS.map((candidate) => candidate.name);
			throw new UsageError(`${name}: unknown load ${quote(kind)}; there are ${names.join(", ")}`);
		}
		const values = Object.entries(settings).map(([key, value]) => {
			const parse = known.settings.includes(key) ? SETTINGS[key] : undefined;
			if (parse !== undefined) return [key, parse(`${name} ${known.name},${key}`, value)];
			throw new UsageError(`${name}: ${known.name} has no setting ${quote(key)}; it has ${known.settings.join(", ")}`);
		});
		return { kind: known.name, ...Object.fromEntries(values) };
	});
};

function splitSpec(name: string, spec: string): Record<string, unknown> {
	const [kind, ...pairs] = spec.split(",");
	const settings = pairs.map((pair) => {
		const at = pair.indexOf("=");
		if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
		throw new UsageError(`${name}: wanted setting=value behind ${quote(kind)}, got ${quote(pair)}`);
	});
	return { ...Object.fromEntries(settings), kind };
}

function objectSpec(name: string, given: unknown): Record<string, unknown> {
	if (typeof given === "object" && given !== null && !Array.isArray(given)) return { ...given };
	throw new UsageError(`${name}: wanted a load such as "pausing,connections=50", got ${quote(given)}`);
}
