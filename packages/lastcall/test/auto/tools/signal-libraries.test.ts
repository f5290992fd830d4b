import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertInOrder, count } from "../../support/text.ts";
import { DRAINING, Preloaded, stopInFlight, stopUnreleased } from "../preloaded.ts";

/** How libraries end the program: some with the same signal again. And what they call before. */
const LIBRARIES: Record<string, { readonly exit: number | string; readonly lines: readonly RegExp[] }> = {
	"signal-exit 4": { exit: "SIGTERM", lines: [/^own listener: (null|143) SIGTERM$/m] },
	"signal-exit 3": { exit: "SIGTERM", lines: [/^own listener: null SIGTERM$/m] },
	terminus: { exit: "SIGTERM", lines: [/^own listener: onSignal$/m, /^own listener: onShutdown$/m] },
	"close-with-grace": { exit: 0, lines: [/^own listener: SIGTERM$/m] },
	"http-graceful-shutdown": { exit: 0, lines: [/^own listener: SIGTERM$/m, /^own listener: finally$/m] },
	"http-terminator": { exit: 0, lines: [/^own listener: terminated$/m] },
	stoppable: { exit: 0, lines: [/^own listener: no error, true$/m] },
};

describe("a library for signals gets the signal after the drain, and ends the program as without", {
	concurrency: 3,
}, () => {
	for (const [library, { exit, lines }] of Object.entries(LIBRARIES)) {
		it(library, async (t) => {
			const stopped = await stopInFlight(new Preloaded(t, "uses-a-signal-library", { args: [library] }));
			assert.equal(stopped.response, "200 whole", stopped.stderr);
			assert.equal(stopped.exit, exit, stopped.stderr);
			assertInOrder(stopped.stderr, DRAINING, ...lines);
			assert.equal(count(stopped.stderr, /^own listener/), lines.length, stopped.stderr);
		});

		// The others close the server themselves, and wait for the request.
		if (!library.startsWith("signal-exit")) continue;
		it(`negative control: ${library} loses the request without the flag`, async (t) => {
			const program = new Preloaded(t, "uses-a-signal-library", { args: [library], flags: [] });
			const alone = await stopUnreleased(program);
			assert.deepEqual([alone.response, alone.exit], ["ECONNRESET", exit]);
		});
	}
});
