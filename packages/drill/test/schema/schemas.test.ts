import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { Ajv } from "ajv";
import type { InferOutput } from "valibot";
import type { DrillReport } from "#src/record/drill-report.js";
import type { REPORT_SCHEMA } from "#src/report/report-schema.js";
import { makeSchemas } from "./make-schemas.ts";

const drill = new URL("../../../", import.meta.url);

describe("the JSON schemas", () => {
	for (const [name, made] of Object.entries(makeSchemas())) {
		it(`${name} is what the code makes of its own schemas (npm run schemas writes it)`, () => {
			const committed = JSON.parse(readFileSync(new URL(`schema/${name}`, drill), "utf8"));
			assert.deepEqual(committed, JSON.parse(JSON.stringify(made)));
		});
	}

	it("of the report has the fields of DrillReport, no more and no fewer", () => {
		const isSame: Same<Plain<DrillReport>, Plain<InferOutput<typeof REPORT_SCHEMA>>> = true;
		assert.ok(isSame);
	});
});

describe("the JSON schema of the config file", () => {
	const ajv = new Ajv({ strict: true, formats: { uri: URL.canParse } });
	const isValid = ajv.compile(JSON.parse(JSON.stringify(makeSchemas()["config.schema.json"])));

	it("accepts the example's file and the README's", () => {
		const example = JSON.parse(readFileSync(new URL("../../examples/drill.json", drill), "utf8"));
		assert.ok(isValid(example), ajv.errorsText(isValid.errors));
		const [, readme = ""] = /```json\n(.*?)```/s.exec(readFileSync(new URL("README.md", drill), "utf8")) ?? [];
		assert.ok(isValid(JSON.parse(readme)), ajv.errorsText(isValid.errors));
	});

	for (const wrong of [
		{ round: 3 },
		{ rounds: 0 },
		{ grace: "25h" },
		{ load: [] },
		{ load: [{ kind: "silent", depth: 4 }] },
		{ load: [{ kind: "hammer" }] },
		{ command: "node server.js" },
		{ exitCode: 256 },
		{ header: { a: 1 } },
		{ twice: "yes" },
	]) {
		it(`refuses ${JSON.stringify(wrong)}, as the drill does`, () => assert.ok(!isValid(wrong)));
	}
});

/** A type without `readonly`, and with strings in place of names: the schema leaves room for names to come. */
type Plain<Type> = Type extends string
	? string
	: Type extends readonly (infer Item)[]
		? Plain<Item>[]
		: Type extends object
			? { -readonly [Key in keyof Type]: Plain<Type[Key]> }
			: Type;

/** `true` for one and the same type. Two types can be assignable to each other and differ in an optional field. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
