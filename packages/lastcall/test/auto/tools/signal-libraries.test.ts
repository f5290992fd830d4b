import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertInOrder, count } from "../../support/text.ts";
import { DRAINING, Preloaded, stopInFlight, stopUnreleased } from "../preloaded.ts";

/** Libraries that end the program with the same signal again, and what they call before. */
const LIBRARIES: Record<string, readonly RegExp[]> = {
	"signal-exit 4": [/^own listener: (null|143) SIGTERM$/m],
	"signal-exit 3": [/^own listener: null SIGTERM$/m],
	terminus: [/^own listener: onSignal$/m, /^own listener: onShutdown$/m],
};

describe("a library for signals gets the signal after the drain, and ends the program with it", {
	concurrency: 3,
}, () => {
	for (const [library, lines] of Object.entries(LIBRARIES)) {
		it(library, async (t) => {
			const stopped = await stopInFlight(new Preloaded(t, "uses-a-signal-library", { args: [library] }));
			assert.equal(stopped.response, "200 whole", stopped.stderr);
			assert.equal(stopped.exit, "SIGTERM", stopped.stderr);
			assertInOrder(stopped.stderr, DRAINING, ...lines);
			assert.equal(count(stopped.stderr, /^own listener/), lines.length, stopped.stderr);
		});

		// Terminus closes the server itself, and waits for the request.
		if (library === "terminus") continue;
		it(`negative control: ${library} loses the request without the flag`, async (t) => {
			const program = new Preloaded(t, "uses-a-signal-library", { args: [library], flags: [] });
			const { response, exit } = await stopUnreleased(program);
			assert.deepEqual({ response, exit }, { response: "ECONNRESET", exit: "SIGTERM" });
		});
	}
});
