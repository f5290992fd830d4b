import * as v from "valibot";
import { OPTION_SCHEMAS } from "./drill-options.ts";
import { wanted } from "./values.ts";

/** The config file: any of the options, and the command. `schema/config.schema.json` is made of it. */
export const CONFIG_SCHEMA = v.strictObject({
	$schema: v.exactOptional(v.string()),
	command: v.exactOptional(wanted("a list of words", v.array(v.string()))),
	...OPTION_SCHEMAS,
});
