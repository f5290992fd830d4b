import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { detectProgramName } from "#src/process/program-name.js";
import { Child } from "../support/child.ts";

/** Makes a folder with these files, and returns a function that returns the path of one of them. */
function folder(t: TestContext, files: Readonly<Record<string, string>>): (path: string) => string {
	const root = realpathSync(mkdtempSync(join(tmpdir(), "lastcall-name-")));
	t.after(() => rmSync(root, { recursive: true }));
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(join(root, path, ".."), { recursive: true });
		writeFileSync(join(root, path), text);
	}
	return (path) => join(root, path);
}

test("a program has the name in the nearest package.json above its main module that has one", (t) => {
	const at = folder(t, {
		"package.json": '{"name":"monorepo"}',
		"apps/shop/package.json": '{"name":"@acme/shop"}',
		"apps/shop/dist/package.json": '{"type":"commonjs"}',
		"apps/shop/dist/index.js": "",
		"apps/blank/package.json": '{"name":" "}',
		"apps/blank/server.js": "",
		"apps/odd/package.json": '{"name":["odd"]}',
		"apps/odd/server.js": "",
		"apps/broken/package.json": '{"name":"broken",',
		"apps/broken/server.js": "",
		"apps/empty/package.json": "",
		"apps/empty/server.js": "",
		"apps/folder/package.json/server.js": "",
	});
	assert.equal(detectProgramName(at("apps/shop/dist/index.js")), "@acme/shop");
	assert.equal(detectProgramName(at("apps/shop/server")), "@acme/shop", "without its extension");
	for (const one of ["blank", "odd", "broken", "empty"]) {
		assert.equal(detectProgramName(at(`apps/${one}/server.js`)), "monorepo", one);
	}
	assert.equal(detectProgramName(at("apps/folder/package.json/server.js")), "monorepo");
});

test("a command in node_modules/.bin has the name of its package", (t) => {
	const at = folder(t, {
		"package.json": '{"name":"project"}',
		"node_modules/crawler/package.json": '{"name":"crawler"}',
		"node_modules/crawler/bin/cli.js": "",
		"node_modules/.bin/readme": "",
	});
	symlinkSync(at("node_modules/crawler/bin/cli.js"), at("node_modules/.bin/crawl"));
	assert.equal(detectProgramName(at("node_modules/.bin/crawl")), "crawler");
});

test("a program without any package.json has the name of its main module", () => {
	assert.equal(detectProgramName("/nowhere/shop.mjs"), "shop");
	assert.equal(detectProgramName("/nowhere/bin/shop.bundle.js"), "shop.bundle");
});

test("a program without a main module is called node", async (t) => {
	const source = 'import("lastcall").then(({ run }) => run(() => {}, { name: undefined }))';
	const { stderr } = await new Child(t, process.execPath, ["-e", source], {
		cwd: fileURLToPath(new URL(".", import.meta.url)),
	}).ended;
	assert.match(stderr, /^lastcall: node \(pid \d+\) is running$/m);
});

test("under PM2, whose own program loads it, a program has its own name", async (t) => {
	const at = folder(t, {
		"shop/package.json": '{"name":"shop"}',
		"shop/server.mjs": `import { run } from ${JSON.stringify(import.meta.resolve("lastcall"))}; await run(() => {});`,
		"pm2/package.json": '{"name":"pm2"}',
		"pm2/ProcessContainerFork.js": "import(process.env.pm_exec_path);",
	});
	const env = { ...process.env, pm_exec_path: at("shop/server.mjs") };
	const { stderr } = await new Child(t, process.execPath, [at("pm2/ProcessContainerFork.js")], { env }).ended;
	assert.match(stderr, /^lastcall: shop \(pid \d+\) is running$/m);
});
