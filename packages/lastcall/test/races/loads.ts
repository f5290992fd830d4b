import {
	backToBack,
	eventStream,
	inFlight,
	type LoadTarget,
	newConnections,
	pausing,
	pipelined,
	type RunningLoad,
	slowReader,
	upload,
	webSocket,
} from "lastcall-drill";

/** The loads that go on through the signal, and what bare Node makes of each. */
export const loads: Record<string, (target: LoadTarget, seed: number) => RunningLoad> = {
	"32 keep-alive, back to back": (target) => backToBack(target, { connections: 32 }),
	"200 keep-alive, pausing 0–20 ms": (target, seed) => pausing(target, { connections: 200, maxPauseMs: 20, seed }),
	"16 with 4 pipelined": (target) => pipelined(target, { connections: 16, depth: 4 }),
	"16 uploads, half sent": (target) =>
		upload({ ...target, path: "/upload" }, { connections: 16, bytes: 1_000_000, chunkBytes: 50_000, everyMs: 10 }),
	"16 uploads, answered early": (target) =>
		upload(
			{ ...target, path: "/early" },
			{ connections: 16, bytes: 4_000_000, chunkBytes: 200_000, everyMs: 10, early: true },
		),
	"24 slow readers of 5 MB": (target) =>
		slowReader(
			{ ...target, path: "/large" },
			{ connections: 24, bytesPerRead: 65_536, everyMs: 5, expectBytes: 5_000_000 },
		),
	"32 one-second requests": (target) => inFlight({ ...target, path: "/second" }, { connections: 32 }),
	"64 WebSockets, a message each 500 ms": (target) =>
		webSocket({ ...target, path: "/chat" }, { connections: 64, message: "hello", everyMs: 500 }),
	"200 silent WebSockets": (target) => webSocket({ ...target, path: "/chat" }, { connections: 200 }),
	"64 event streams": (target) => eventStream({ ...target, path: "/events" }, { connections: 64 }),
	"64 event streams, with their signals": (target) =>
		eventStream({ ...target, path: "/events-with-signal" }, { connections: 64 }),
	"64 new connections at a time": (target) => newConnections(target, { concurrency: 64 }),
};

/** For how long idle connections of the target linger: longer than these clients pause. */
export function lingerMsFor(load: string): number {
	return load === "64 WebSockets, a message each 500 ms" ? 1_000 : 300;
}
