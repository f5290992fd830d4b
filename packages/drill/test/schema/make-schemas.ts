import { type ConversionConfig, toJsonSchema } from "@valibot/to-json-schema";
import { CONFIG_SCHEMA } from "#src/options/config-schema.js";
import { LOAD_OBJECT } from "#src/options/load-specs.js";
import { OPTION_TABLE } from "#src/options/option-table.js";
import { REPORT_PARTS, REPORT_SCHEMA } from "#src/report/report-schema.js";

type JsonSchema = ReturnType<typeof toJsonSchema>;

/** The JSON schemas that the package ships, by the names of their files. They are made of the schemas in the code. */
export function makeSchemas(): Record<string, JsonSchema> {
	return { "config.schema.json": configSchema(), "report.schema.json": reportSchema() };
}

/** In draft-07, which all editors know. */
function configSchema(): JsonSchema {
	const schema = convert("config", CONFIG_SCHEMA, {
		typeMode: "input",
		target: "draft-07",
		definitions: { load: LOAD_OBJECT },
		// What a JSON schema can't express; the drill checks it.
		ignoreActions: ["check", "excludes"],
	});
	for (const [name, { help }] of Object.entries(OPTION_TABLE)) {
		const property = schema.properties?.[name];
		if (typeof property === "object") property.description = help;
	}
	return schema;
}

function reportSchema(): JsonSchema {
	return convert("report", REPORT_SCHEMA, { typeMode: "output", target: "draft-2020-12", definitions: REPORT_PARTS });
}

function convert(name: string, schema: Parameters<typeof toJsonSchema>[0], config: ConversionConfig): JsonSchema {
	const { $schema, ...rest } = toJsonSchema(schema, config);
	return { $schema: $schema ?? "", $id: `https://unpkg.com/lastcall-drill/schema/${name}.schema.json`, ...rest };
}
