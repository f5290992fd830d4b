import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as lastcall from "lastcall";
import * as testing from "lastcall/testing";

// The docs of the public interface are in the .d.ts files that are published. Their examples must compile.

/** Relative to `test/dist`, where this runs. */
const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const TSC = fileURLToPath(new URL("../../../../node_modules/typescript/bin/tsc", import.meta.url));
const ENTRIES = ["dist/index.d.ts", "dist/testing/index.d.ts"];

interface Docstring {
	readonly file: string;
	/** Without the asterisks. */
	readonly text: string;
	/** The first line of what it documents. */
	readonly declaration: string;
}

describe("the docstrings of the public interface", () => {
	const docstrings: Docstring[] = [];

	before(() => {
		const all = [...reachableFrom(ENTRIES)].flatMap(docstringsIn);
		docstrings.push(...all.filter(({ declaration }) => isPublic(declaration)));
		assert.ok(docstrings.length > 100, `only ${docstrings.length} docstrings were found`);
	});

	test("each function and method that programs call has an example", () => {
		const undocumented = docstrings
			.filter(({ file }) => /^dist\/(run|service\/|testing\/)/.test(file))
			.filter(({ declaration }) => /^(export declare function )?(?!constructor)\w+(<.*>)?\(/.test(declaration))
			.filter(({ text }) => !text.includes("@example"));
		assert.deepEqual(undocumented.map(locate), []);
	});

	test("each docstring stands alone: none begins by pointing at another", () => {
		assert.deepEqual(docstrings.filter(({ text }) => /^The same\b/.test(text)).map(locate), []);
	});

	test("every example compiles", () => {
		const examples = docstrings.flatMap((docstring) =>
			[...docstring.text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => ({ docstring, code })),
		);
		assert.ok(examples.length > 30, `only ${examples.length} examples were found`);
		const folder = join(PACKAGE, "test/dist/docstring-examples");
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(folder, { recursive: true });
		for (const [i, { docstring, code }] of examples.entries()) {
			// Each is a module, so that it may await and declare what it likes.
			writeFileSync(join(folder, `${i}.ts`), `// ${locate(docstring)}\n${code}\nexport {};\n`);
		}
		writeFileSync(
			join(folder, "tsconfig.json"),
			JSON.stringify({
				extends: "../../../../../tsconfig.base.json",
				compilerOptions: { noEmit: true, composite: false, verbatimModuleSyntax: false },
				files: ["../../docstrings-prelude.ts", ...examples.map((_, i) => `${i}.ts`)],
			}),
		);
		compile(folder);
	});
});

/** @throws with the errors of the compiler; each names the example */
function compile(folder: string): void {
	try {
		execFileSync(process.execPath, [TSC, "-p", folder], { encoding: "utf8", stdio: "pipe" });
	} catch (error) {
		const errors = String((error as { stdout?: string }).stdout);
		const named = errors.replace(/^.*?(\d+)\.ts\(/gm, (found, i: string) => {
			const [comment = ""] = readFileSync(join(folder, `${i}.ts`), "utf8").split("\n");
			return `${comment.slice(3)}: ${found}`;
		});
		assert.fail(named);
	}
}

/** Returns true unless it is a function that the package does not export: its declaration is only in the same file as public ones. */
function isPublic(declaration: string): boolean {
	const [, name] = /^export declare function (\w+)/.exec(declaration) ?? [];
	return name === undefined || name in lastcall || name in testing;
}

function locate({ file, declaration }: Docstring): string {
	return `${file}: ${declaration}`;
}

/** The declaration files that these lead to, with themselves. */
function reachableFrom(entries: readonly string[]): Set<string> {
	const found = new Set(entries);
	for (const file of found) {
		for (const [, path = ""] of read(file).matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)) {
			found.add(join(file, "..", path.replace(/\.[jt]s$/, ".d.ts")).replaceAll("\\", "/"));
		}
	}
	return found;
}

function docstringsIn(file: string): Docstring[] {
	return [...read(file).matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(.*)/g)].map(
		([, comment = "", declaration = ""]) => {
			const text = comment.replace(/^[ \t]*\* ?/gm, "").trim();
			return { file, text, declaration };
		},
	);
}

function read(file: string): string {
	return readFileSync(join(PACKAGE, file), "utf8");
}
