import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { LOAD_KINDS, loadKind } from "#src/load/catalogue.js";
import { describeSpec, type LoadSpec, loadNames, startLoad } from "#src/load/load-spec.js";
import { httpServer } from "../support/http-server.ts";
import { until } from "../support/until.ts";

describe("the catalogue of loads", () => {
	it("has each kind once, under the name by which it is found", () => {
		const names = LOAD_KINDS.map(({ name }) => name);
		assert.equal(new Set(names).size, names.length);
		for (const kind of LOAD_KINDS) assert.equal(loadKind(kind.name), kind);
	});

	it("is the table in the README", () => {
		const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
		const table = readme.slice(readme.indexOf("## Loads"), readme.indexOf("## Outcomes"));
		const rows = [...table.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, name]) => name);
		assert.deepEqual(rows.sort(), LOAD_KINDS.map(({ name }) => name).sort());
	});

	it("has a line for each kind that fits --list-loads", () => {
		for (const { name, help } of LOAD_KINDS) assert.ok(name.length < 17 && help.length < 62, name);
	});

	for (const { name } of LOAD_KINDS) {
		it(`starts ${name} under that name, at the path of its spec`, async () => {
			const asked = new Set<string | undefined>();
			const server = await httpServer((req, res) => {
				asked.add(req.url);
				res.end("ok");
			});
			const path = "path" in loadKind(name).settings ? { path: "/own" } : {};
			const spec = { kind: name, connections: 1, ...path } as LoadSpec;
			const load = startLoad(server.target, spec, { seed: 1, isProbe: true });
			let isDecided = false;
			const decide = (): void => {
				isDecided = true;
			};
			load.steady.then(decide, decide);
			await until(() => isDecided || asked.size > 0);
			await load.finish({ timeoutMs: 0 });
			await server.close();
			assert.equal(load.name, name);
			assert.ok(
				[...asked].every((url) => url === "/own"),
				[...asked].join(", "),
			);
		});
	}
});

describe("the spec of a load", () => {
	it("is written as its user would write it", () => {
		assert.equal(describeSpec({ kind: "pausing", connections: 7, pause: 20 }), "pausing,connections=7,pause=20");
		assert.equal(describeSpec({ kind: "silent" }), "silent");
	});

	it("is named after its kind, with a path of its own and a number if the name came before", () => {
		const specs = [
			{ kind: "pausing" },
			{ kind: "rate", path: "/a" },
			{ kind: "pausing", connections: 3 },
			{ kind: "rate", path: "/b" },
			{ kind: "pausing" },
		] as const;
		assert.deepEqual(loadNames(specs), ["pausing", "rate /a", "pausing (2)", "rate /b", "pausing (3)"]);
	});
});
