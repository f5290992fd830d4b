import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { ask } from "../support/ask.ts";
import { Child } from "../support/child.ts";

function start(t: ConstructorParameters<typeof Child>[0], name: string, env: NodeJS.ProcessEnv): Child {
	const file = fileURLToPath(new URL(`../../../../../examples/dist/${name}.js`, import.meta.url));
	return new Child(t, process.execPath, [file], { env: { ...process.env, PORT: "0", ...env } });
}

describe("examples", { concurrency: 2 }, () => {
	it("prometheus: exports the phase, the work in flight and the time left as metrics", async (t) => {
		const child = start(t, "prometheus", { LAME_DUCK_MS: "9000" });
		const port = await child.port();
		const running = await ask(port, "/metrics");
		assert.match(running, /^lastcall_phase\{service="lastcall-examples",phase="running"\} 1$/m);
		assert.match(running, /^lastcall_in_flight\{service="lastcall-examples"\} 1$/m);
		assert.doesNotMatch(running, /^lastcall_left_seconds\{/m);
		child.kill("SIGTERM");
		await child.printed(/lame duck/);
		const leaving = await ask(port, "/metrics");
		assert.match(leaving, /^lastcall_phase\{service="lastcall-examples",phase="lame-duck"\} 1$/m);
		assert.doesNotMatch(leaving, /phase="running"/);
		assert.match(leaving, /^lastcall_left_seconds\{service="lastcall-examples"\} [\d.]+$/m);
		child.kill("SIGKILL");
	});

	it("opentelemetry: exports a shutdown as a span, with a child for each phase and each resource", async (t) => {
		const child = start(t, "opentelemetry", {});
		await child.port();
		child.kill("SIGTERM");
		const { exit, stdout, stderr } = await child.ended;
		assert.equal(exit, 1, stderr);
		const spans = spansOf(stdout);
		const byId = new Map(spans.map((span) => [span.id, span.name]));
		assert.deepEqual(
			spans.map((span) => [span.name, byId.get(span.parentSpanContext?.spanId ?? "")]),
			[
				["draining", "shutdown"],
				["close cache", "closing"],
				["close database", "closing"],
				["closing", "shutdown"],
				["shutdown", undefined],
			],
		);
		const { attributes, events } = spans.at(-1) ?? assert.fail();
		assert.deepEqual(attributes, { service: "lastcall-examples", reason: "signal", exit_code: 1 });
		assert.equal(events[0]?.attributes["exception.message"], "no such cache");
		assert.deepEqual(spans[1]?.attributes, { outcome: "failed" });
	});
});

interface ExportedSpan {
	readonly id: string;
	readonly name: string;
	readonly parentSpanContext?: { readonly spanId: string };
	readonly attributes: Record<string, unknown>;
	readonly events: readonly { readonly attributes: Record<string, unknown> }[];
}

/** The exporter writes each span by `console.dir`, in JavaScript syntax. */
function spansOf(text: string): ExportedSpan[] {
	const all = runInNewContext(`[${text.replace(/^\}$/gm, "},")}]`) as unknown;
	return structuredClone(all) as ExportedSpan[];
}
