import * as v from "valibot";
import { LOAD_KINDS } from "../load/catalogue.ts";
import type { LoadKind } from "../load/load-kind.ts";
import type { LoadSpec } from "../load/load-spec.ts";
import { wanted } from "../load/setting-schemas.ts";
import { quote } from "./usage-error.ts";

const WANTED = 'a load such as "pausing,connections=50"';
const KINDS = LOAD_KINDS.map(({ name }) => name).join(", ");

/** A load as an object: one form for each kind. The cast adds the types that the list of kinds does not have. */
export const LOAD_OBJECT = v.variant("kind", LOAD_KINDS.map(kindObject), ({ path, input }) => {
	if (path === undefined) return `wanted ${WANTED}`;
	return input === undefined
		? `a load needs a kind; there are ${KINDS}`
		: `unknown load ${quote(input)}; there are ${KINDS}`;
}) as v.GenericSchema<object, LoadSpec>;

function kindObject({ name, settings, help }: LoadKind) {
	const entries = Object.entries(settings).map(([key, schema]) => [key, v.exactOptional(schema)] as const);
	const names = Object.keys(settings).join(", ");
	return v.strictObject(
		{ kind: v.pipe(v.literal(name), v.description(help)), ...Object.fromEntries(entries) },
		({ input }) => `${name} has no setting ${quote(input)}; it has ${names}`,
	);
}

/** A load: `kind[,setting=value…]`, or in a config file also an object. */
const LOAD_SPEC = wanted(
	WANTED,
	v.union([
		v.pipe(
			v.string(),
			v.rawTransform((context): object => splitSpec(context)),
			LOAD_OBJECT,
		),
		LOAD_OBJECT,
	]),
);

/** At least one load. */
export const LOAD_SPECS: v.GenericSchema<unknown, LoadSpec[]> = wanted(
	WANTED,
	v.union([
		v.pipe(v.array(LOAD_SPEC), v.minLength(1, "wanted at least one load")),
		v.pipe(
			LOAD_SPEC,
			v.transform((spec) => [spec]),
		),
	]),
);

/** Splits `kind,setting=value,…`. */
function splitSpec({ dataset, addIssue, NEVER }: v.RawTransformContext<string>): Record<string, string> {
	const [kind = "", ...pairs] = dataset.value.split(",");
	const settings: Record<string, string> = {};
	for (const [key, pair] of pairs.entries()) {
		const at = pair.indexOf("=");
		if (at > 0) {
			settings[pair.slice(0, at)] = pair.slice(at + 1);
			continue;
		}
		const path = [{ type: "array", origin: "value", input: pairs, key, value: pair }] as const;
		addIssue({ message: `wanted setting=value after ${quote(kind)}`, path: [...path] });
		return NEVER;
	}
	return { ...settings, kind };
}
