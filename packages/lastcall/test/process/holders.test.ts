import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { build } from "esbuild";
import { Child } from "../support/child.ts";
import { fixture } from "./fixture.ts";

/** The places of `code` in the compiled fixture, as the log writes them. */
function placesOf(code: string): string[] {
	const path = fixture("is-held");
	return readFileSync(path, "utf8")
		.split("\n")
		.flatMap((line, i) => (line.includes(code) ? [`${path}:${i + 1}:${line.indexOf(code) + 1}`] : []));
}

describe("what still holds the event loop after the end", { concurrency: 2 }, () => {
	it("is logged by kind", async (t) => {
		const { stderr } = await new Child(t, process.execPath, [fixture("is-held")]).ended;
		const [, holders = ""] = /open handles keep the process running: (.*); exiting/.exec(stderr) ?? assert.fail(stderr);
		assert.deepEqual(holders.split(", ").sort(), ["2 × TCPSocketWrap", "2 × Timeout", "TCPServerWrap"]);
	});

	it("is logged with the places that made it, with NODE_DEBUG=lastcall", async (t) => {
		const env = { ...process.env, NODE_DEBUG: "lastcall" };
		const { stderr } = await new Child(t, process.execPath, [fixture("is-held")], { env }).ended;
		const [, holders = ""] = /open handles keep the process running: (.*); exiting/.exec(stderr) ?? assert.fail(stderr);
		const [beat] = placesOf("setInterval");
		const [listen] = placesOf("listen(0");
		const [connect] = placesOf("connect(port");
		const expected = [`2 × Timeout at ${beat}`, `TCPServerWrap at ${listen}`, `TCPSocketWrap at ${connect}`];
		for (const holder of expected) assert.ok(holders.split(", ").includes(holder), `${holder} is not in ${holders}`);
	});

	it("is logged without places in a bundle, and with those of the sources if there is a source map", async (t) => {
		const folder = await mkdtemp(join(tmpdir(), "lastcall-bundle-"));
		t.after(() => rm(folder, { recursive: true }));
		const bundle = join(folder, "bundle.mjs");
		await build({
			...{ entryPoints: [fixture("is-held")], outfile: bundle, bundle: true, sourcemap: true },
			...{ platform: "node", format: "esm", minify: true, logLevel: "warning" },
		});
		const holders = async (...flags: string[]): Promise<string> => {
			const env = { ...process.env, NODE_DEBUG: "lastcall" };
			const { stderr } = await new Child(t, process.execPath, [...flags, bundle], { env }).ended;
			const [, found = ""] = /open handles keep the process running: (.*); exiting/.exec(stderr) ?? assert.fail(stderr);
			return found;
		};
		assert.match(await holders(), /^(?!.* at ).*2 × Timeout/);
		assert.match(await holders("--enable-source-maps"), /2 × Timeout at [^ ]*is-held\.ts:\d+:\d+(,|$)/);
	});
});
