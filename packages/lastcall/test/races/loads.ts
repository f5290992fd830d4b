import {
	backToBack,
	type Endpoint,
	eventStream,
	http2Load,
	inFlight,
	newConnections,
	pausing,
	pipelined,
	type RunningLoad,
	slowReader,
	upload,
	webSocket,
} from "lastcall-drill-clients";
import type { Scheme } from "./target.ts";

/** What a race needs of a load. Several kinds of clients at once are one load too. */
export type RaceLoad = Pick<RunningLoad, "steady" | "finish">;

type Loads = Record<string, (target: Endpoint, seed: number) => RaceLoad>;

/** The loads that go on after the signal, and must lose nothing. */
export function loadsOf(scheme: Scheme): Loads {
	return scheme === "http" || scheme === "https" ? http1Loads : http2Loads;
}

/** The same loads and the open models. */
export function allLoadsOf(scheme: Scheme): Loads {
	return scheme === "http" || scheme === "https" ? { ...http1Loads, ...openModels } : http2Loads;
}

const http1Loads: Loads = {
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
	"32 event streams of 40 events, by POST": (target) =>
		eventStream({ ...target, path: "/answer" }, { connections: 32, events: 40 }),
	"64 new connections at a time": (target) => newConnections(target, { concurrency: 64 }),
	"computing 0.2 ms: 150 kept alive, 32 new": (target) => keptAliveAndNew({ ...target, path: "/compute?ms=0.2" }),
	"computing 2 ms: 150 kept alive, 32 new": (target) => keptAliveAndNew({ ...target, path: "/compute?ms=2" }),
	"computing 10 ms: 30 kept alive, 8 new": (target) => {
		const slow = { ...target, path: "/compute?ms=10" };
		return keptAliveAndNew(slow, 30, newConnections(slow, { concurrency: 8 }));
	},
	"stalling 300 ms now and then: 150 kept alive, 32 new": (target) => keptAliveAndNew({ ...target, path: "/stall" }),
};

/**
 * Clients that connect at a fixed rate, whatever becomes of the others. Some of their connections arrive in the
 * instant in which the listener closes and are reset, so no test can ask for none: `npm run races` shows how many.
 */
const openModels: Loads = Object.fromEntries(
	[100, 500, 1_000].map((rate) => [
		`${rate} new connections a second, 16 kept alive`,
		(target) => keptAliveAndNew(target, 16, newConnections(target, { requestsPerSecond: rate })),
	]),
);

/** Without early responses to uploads: Node.js itself loses some of those, without any shutdown. */
const http2Loads: Loads = {
	"8 sessions with 16 streams, back to back": (target) => http2Load(target, { connections: 8, streams: 16 }),
	"32 sessions with 1 stream, back to back": (target) => http2Load(target, { connections: 32, streams: 1 }),
	"8 sessions with 4 uploads of 200 kB": (target) =>
		http2Load({ ...target, path: "/upload", body: Buffer.alloc(200_000) }, { connections: 8, streams: 4 }),
	"8 sessions with 1 answer of 5 MB": (target) =>
		http2Load({ ...target, path: "/large" }, { connections: 8, streams: 1 }),
	"8 sessions with 8 streams, computing 2 ms": (target) =>
		http2Load({ ...target, path: "/compute?ms=2" }, { connections: 8, streams: 8 }),
	"8 sessions with 4 one-second streams": (target) =>
		http2Load({ ...target, path: "/second" }, { connections: 8, streams: 4 }),
	"8 sessions with 4 event streams of 40 events, by POST": (target) =>
		http2Load({ ...target, path: "/answer" }, { connections: 8, streams: 4, events: 40 }),
};

/** Clients that keep their connection and clients that open one for each request, as behind most load balancers. */
function keptAliveAndNew(
	target: Endpoint,
	keptAlive = 150,
	opened = newConnections(target, { concurrency: 32 }),
): RaceLoad {
	const kept = backToBack(target, { connections: keptAlive });
	return {
		steady: Promise.all([kept.steady, opened.steady]).then(() => {}),
		finish: async (options) => (await Promise.all([kept.finish(options), opened.finish(options)])).flat(),
	};
}

/** For how long idle connections of the target linger: longer than these clients pause. */
export function lingerMsFor(load: string): number {
	return load === "64 WebSockets, a message each 500 ms" ? 1_000 : 300;
}

/** How long a load goes on before the signal: a server that computes has a queue of clients only after some slow turns. */
export function warmUpMsFor(load: string): number {
	return /computing|stalling/.test(load) ? 1_000 : 0;
}
