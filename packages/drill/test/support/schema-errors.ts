import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

const schema = JSON.parse(readFileSync(new URL("../../../schema/report.schema.json", import.meta.url), "utf8"));
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
// Its types declare a namespace.
(formats as unknown as (ajv: Ajv2020) => void)(ajv);
const isValid = ajv.compile(schema);

/** The errors of a value by the report's schema; empty if it is valid. */
export function schemaErrors(report: unknown): string {
	return isValid(report) ? "" : ajv.errorsText(isValid.errors);
}
