import * as v from "valibot";
import { wanted } from "../load/setting-schemas.ts";
import { OPTION_SCHEMAS } from "./drill-options.ts";

/** The config file: any of the options, and the command. `schema/config.schema.json` is made of it. */
export const CONFIG_SCHEMA = v.pipe(
	v.strictObject({
		$schema: v.exactOptional(v.string()),
		command: v.exactOptional(
			v.pipe(wanted("a list of words", v.array(v.string())), v.description("the program to start and its arguments")),
		),
		...OPTION_SCHEMAS,
	}),
	v.title("lastcall-drill.json"),
	v.description("The options of lastcall-drill. Times are milliseconds, or have a unit: 1500, 1500ms, 1.5s, 2m."),
);
