import * as v from "valibot";
import { LOAD_KINDS } from "../load/catalogue.ts";
import type { LoadSpec } from "../load/load-spec.ts";
import { quote, UsageError } from "./usage-error.ts";
import type { ParseValue } from "./values.ts";

/** Loads: `kind[,setting=value…]` from flags; from a config file that, or an object with a `kind`. */
export const loadSpecs: ParseValue<readonly LoadSpec[]> = (name, given) => {
	const specs = [given].flat();
	if (specs.length === 0) throw new UsageError(`${name}: wanted at least one load, got []`);
	return specs.map((spec) => parseSpec(name, spec));
};

/** Reads one load: the schema of each setting is its kind's. */
function parseSpec(name: string, given: unknown): LoadSpec {
	const { kind, ...settings } = typeof given === "string" ? splitSpec(name, given) : objectSpec(name, given);
	const known = LOAD_KINDS.find((candidate) => candidate.name === kind);
	if (known === undefined) {
		const names = LOAD_KINDS.map((candidate) => candidate.name);
		throw new UsageError(`${name}: unknown load ${quote(kind)}; there are ${names.join(", ")}`);
	}
	const values = Object.entries(settings).map(([key, value]) => {
		const schema = Object.hasOwn(known.settings, key) ? known.settings[key] : undefined;
		if (schema === undefined) {
			const names = Object.keys(known.settings).join(", ");
			throw new UsageError(`${name}: ${known.name} has no setting ${quote(key)}; it has ${names}`);
		}
		const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true });
		if (success) return [key, output];
		throw new UsageError(`${name} ${known.name},${key}: wanted ${issues[0].message}, got ${quote(value)}`);
	});
	// The schemas have checked what the type says.
	return { kind: known.name, ...Object.fromEntries(values) } as LoadSpec;
}

function splitSpec(name: string, spec: string): Record<string, unknown> {
	const [kind, ...pairs] = spec.split(",");
	const settings = pairs.map((pair) => {
		const at = pair.indexOf("=");
		if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
		throw new UsageError(`${name}: wanted setting=value after ${quote(kind)}, got ${quote(pair)}`);
	});
	return { ...Object.fromEntries(settings), kind };
}

function objectSpec(name: string, given: unknown): Record<string, unknown> {
	if (typeof given === "object" && given !== null && !Array.isArray(given)) return { ...given };
	throw new UsageError(`${name}: wanted a load such as "pausing,connections=50", got ${quote(given)}`);
}
