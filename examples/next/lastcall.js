// Next.js creates its server itself, so lastcall is loaded before it: `node --import ./lastcall.js server.js`, where `server.js` is
// the standalone server that `next build` has written. lastcall serves that server from its first request on.
import { subscribe } from "node:diagnostics_channel";
import { run } from "lastcall";

process.env.NEXT_MANUAL_SIG_HANDLE = "true";

void run((service) => {
	service.defer("database", () => console.log("database closed"));
	// Work of `after()` counts as in flight: Next.js hands it to its platform by `waitUntil`, which is this function.
	const waitUntil = (work) => service.task("after()", () => work.catch(console.error));
	globalThis[Symbol.for("@next/request-context")] = { get: () => ({ waitUntil }) };

	const servers = new WeakSet();
	subscribe("http.server.request.start", ({ server }) => {
		if (servers.has(server) || service.drainSignal.aborted) return;
		servers.add(server);
		service.serve("next", server);
	});
});
