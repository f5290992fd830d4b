import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { describe, it } from "node:test";
import { pausing } from "lastcall-drill-clients";
import { Program } from "./program.ts";

/** The part of OTLP's JSON that is needed here. */
interface Traces {
	readonly resourceSpans: readonly {
		readonly scopeSpans: readonly { readonly spans: readonly { readonly attributes: readonly Attribute[] }[] }[];
	}[];
}

interface Attribute {
	readonly key: string;
	readonly value: { readonly stringValue: string };
}

/** The orders that have spans in the collector, and those that were answered. */
async function stopped(withLastcall: boolean): Promise<{ traced: string[]; answered: string[]; log: string }> {
	const traced: string[] = [];
	const collector = createServer(async (request, response) => {
		const { resourceSpans } = (await json(request)) as Traces;
		const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans).flatMap(({ spans }) => spans);
		for (const { key, value } of spans.flatMap(({ attributes }) => attributes)) {
			if (key === "id") traced.push(value.stringValue);
		}
		response.setHeader("content-type", "application/json").end("{}");
	});
	await once(collector.listen(0, "127.0.0.1"), "listening");
	const { port } = collector.address() as AddressInfo;
	const program = new Program("tracing", { OTLP_URL: `http://127.0.0.1:${port}/v1/traces` }, withLastcall);
	try {
		await program.running;
		const load = pausing({ host: "127.0.0.1", port: program.port }, { connections: 24 });
		await load.steady;
		program.kill("SIGTERM");
		const { log } = await program.ended;
		const records = await load.finish({ timeoutMs: 2_000 });
		return { traced, answered: records.filter(({ outcome }) => outcome === "answered").map(({ id }) => id), log };
	} finally {
		program.kill("SIGKILL");
		collector.closeAllConnections();
		collector.close();
	}
}

describe("examples/tracing", () => {
	it("exports the span of every request that was answered", async () => {
		const { traced, answered, log } = await stopped(true);
		assert.ok(answered.length > 0, log);
		assert.deepEqual(traced.toSorted(), answered.toSorted(), log);
	});

	it("negative control: process.exit() loses spans", async () => {
		const { traced, answered } = await stopped(false);
		assert.ok(answered.some((id) => !traced.includes(id)));
	});
});
