import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { assertInOrder, count } from "../../support/text.ts";
import { IMPORT, Preloaded, REQUIRE, SHUTTING_DOWN, stopInFlight } from "../preloaded.ts";

const COMMON_JS = fileURLToPath(new URL("../fixtures/common-js.cjs", import.meta.url));
const require = createRequire(import.meta.url);
const OPEN_TELEMETRY = require.resolve("@opentelemetry/auto-instrumentations-node/register");
const SENTRY = fileURLToPath(import.meta.resolve("@sentry/node/import"));

/** Both orders of two preloads. */
function orders(flag: "--import" | "--require", file: string): Record<string, readonly string[]> {
	const other = [flag, flag === "--import" ? pathToFileURL(file).href : file];
	const ours = flag === "--import" ? IMPORT : REQUIRE;
	return {
		[`${flag}, lastcall/auto first`]: [...ours, ...other],
		[`${flag}, lastcall/auto last`]: [...other, ...ours],
	};
}

describe("beside OpenTelemetry's preload, which listens for SIGTERM", { concurrency: 2 }, () => {
	const env = {
		OTEL_TRACES_EXPORTER: "console",
		OTEL_METRICS_EXPORTER: "none",
		OTEL_LOGS_EXPORTER: "none",
		OTEL_NODE_RESOURCE_DETECTORS: "none",
		OTEL_NODE_ENABLED_INSTRUMENTATIONS: "http",
	};
	for (const [order, flags] of Object.entries({
		...orders("--require", OPEN_TELEMETRY),
		...orders("--import", OPEN_TELEMETRY),
	})) {
		it(`the request is answered, and its span exported at the signal that comes late: ${order}`, async (t) => {
			const program = new Preloaded(t, "", { command: [process.execPath, ...flags, COMMON_JS], env });
			const { response, exit, stdout, stderr } = await stopInFlight(program);
			assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
			assert.equal(count(stderr, SHUTTING_DOWN), 1, stderr);
			assertInOrder(stderr, SHUTTING_DOWN, /SIGTERM to the program's own listeners$/m);
			assert.match(stdout, /'http\.(target|url)': '[^']*\/held'|'url\.path': '\/held'/);
		});
	}

	it("with a listener of the program, which exits at once", async (t) => {
		const flags = orders("--require", OPEN_TELEMETRY)["--require, lastcall/auto last"] ?? [];
		const program = new Preloaded(t, "", { command: [process.execPath, ...flags, COMMON_JS, "exits"], env });
		const { response, exit, stderr } = await stopInFlight(program);
		assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
		assertInOrder(stderr, SHUTTING_DOWN, /^own listener: SIGTERM$/m);
	});
});

describe("beside Sentry's preload", { concurrency: 2 }, () => {
	for (const [order, flags] of Object.entries(orders("--import", SENTRY))) {
		it(`the request is answered: ${order}`, async (t) => {
			const program = new Preloaded(t, "uses-sentry", { flags });
			const { response, exit, stderr } = await stopInFlight(program);
			assert.deepEqual({ response, exit }, { response: "200 whole", exit: 0 }, stderr);
			assertInOrder(stderr, /^sentry: true$/m, SHUTTING_DOWN, /^own listener: flushed true$/m);
		});
	}
});
