// `npm run schemas`
import { writeFileSync } from "node:fs";
import { makeSchemas } from "./make-schemas.ts";

for (const [name, schema] of Object.entries(makeSchemas())) {
	writeFileSync(new URL(`../../../schema/${name}`, import.meta.url), JSON.stringify(schema));
}
