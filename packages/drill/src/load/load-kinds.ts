import type { Speaks } from "../wire/check-request.ts";
import { backToBack } from "./back-to-back.ts";
import { eventStream } from "./event-stream.ts";
import { halfHead } from "./half-head.ts";
import { http2Load } from "./http2.ts";
import { inFlight } from "./in-flight.ts";
import { keepAliveEdge } from "./keep-alive-edge.ts";
import type { LoadSpec } from "./load-spec.ts";
import { newConnections } from "./new-connections.ts";
import { pausing } from "./pausing.ts";
import { pipelined } from "./pipelined.ts";
import { rate } from "./rate.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { silent } from "./silent.ts";
import { slowReader } from "./slow-reader.ts";
import { upload } from "./upload.ts";
import { webSocket } from "./web-socket.ts";

/** A kind of load, as users name it. */
export interface LoadKindEntry {
	readonly name: string;
	/** One line for `--help`. */
	readonly help: string;
	/** Which settings of a `LoadSpec` it has. */
	readonly settings: readonly string[];
	readonly speaks: Speaks;
	/** The shortest body that it can send, where it sends one in pieces. */
	readonly leastBodyBytes?: number;
	start(endpoint: Endpoint, spec: LoadSpec, seed: number): RunningLoad;
}

/** Every kind, in the order in which `--help` lists them. */
export const LOAD_KINDS: readonly LoadKindEntry[] = [
	{
		name: "back-to-back",
		help: "kept-alive, the next request as soon as the answer is there",
		settings: ["path", "connections"],
		speaks: "HTTP/1.1",
		start: (endpoint, { connections }) => backToBack(endpoint, given({ connections })),
	},
	{
		name: "pausing",
		help: "kept-alive, idle for up to `pause` between requests",
		settings: ["path", "connections", "pause"],
		speaks: "HTTP/1.1",
		start: (endpoint, { connections, pause }, seed) =>
			pausing(endpoint, given({ connections, maxPauseMs: pause, seed })),
	},
	{
		name: "keep-alive-edge",
		help: "idle until the server would end it; `pause`: its idle timeout",
		settings: ["path", "connections", "pause"],
		speaks: "HTTP/1.1",
		start: (endpoint, { connections, pause }, seed) =>
			keepAliveEdge(endpoint, given({ connections, edgeMs: pause, seed })),
	},
	{
		name: "new-connections",
		help: "one connection for each request; `rate` of them a second",
		settings: ["path", "connections", "rate"],
		speaks: "HTTP/1.1",
		start: (endpoint, { connections, rate }) =>
			newConnections(endpoint, given({ concurrency: connections, requestsPerSecond: rate })),
	},
	{
		name: "rate",
		help: "open model: `rate` requests a second on a pool of connections",
		settings: ["path", "connections", "rate"],
		speaks: "HTTP/1.1",
		start: (endpoint, spec) =>
			rate(endpoint, { requestsPerSecond: spec.rate ?? 100, ...given({ maxConnections: spec.connections }) }),
	},
	{
		name: "pipelined",
		help: "`depth` requests in one write",
		settings: ["path", "connections", "depth"],
		speaks: "pipelined HTTP/1.1",
		start: (endpoint, { connections, depth }) => pipelined(endpoint, given({ connections, depth })),
	},
	{
		name: "in-flight",
		help: "always a request in flight; for a slow path",
		settings: ["path", "connections"],
		speaks: "HTTP/1.1",
		start: (endpoint, { connections }) => inFlight(endpoint, { repeats: true, ...given({ connections }) }),
	},
	{
		name: "slow-reader",
		help: "reads a large answer slowly, 64 KB each `every` ms",
		settings: ["path", "connections", "every"],
		speaks: "HTTP/1.1",
		start: (endpoint, { connections, every }) =>
			slowReader(endpoint, { repeats: true, ...given({ connections, everyMs: every }) }),
	},
	{
		name: "upload",
		help: "POSTs a body of `bytes`, in pieces",
		settings: ["path", "connections", "bytes", "every"],
		speaks: "HTTP/1.1",
		leastBodyBytes: 2,
		start: (endpoint, { connections, bytes, every }) => upload(endpoint, given({ connections, bytes, everyMs: every })),
	},
	{
		name: "early-upload",
		help: "the same, reading nothing before all is sent",
		settings: ["path", "connections", "bytes", "every"],
		speaks: "HTTP/1.1",
		leastBodyBytes: 2,
		start: (endpoint, { connections, bytes, every }) =>
			upload(endpoint, { early: true, ...given({ connections, bytes, everyMs: every }) }),
	},
	{
		name: "event-stream",
		help: "server-sent events; `until`: the last one of a whole stream",
		settings: ["path", "connections", "events", "until"],
		speaks: "HTTP/1.1",
		start: (endpoint, { connections, events, until, learns }) =>
			eventStream(endpoint, given({ connections, events, until, learns })),
	},
	{
		name: "websocket",
		help: "open WebSockets; `message` is sent and expected back",
		settings: ["path", "connections", "message", "every"],
		speaks: "WebSocket",
		start: (endpoint, { connections, message, every }) =>
			webSocket(endpoint, given({ connections, message, everyMs: every })),
	},
	{
		name: "http2",
		help: "`streams` at a time on each connection; `until` as above",
		settings: ["path", "connections", "streams", "events", "until"],
		speaks: "HTTP/2",
		start: (endpoint, { connections, streams, events, until }) =>
			http2Load(endpoint, given({ connections, streams, events, until })),
	},
	{
		name: "silent",
		help: "connections that say nothing",
		settings: ["connections"],
		speaks: "HTTP/1.1",
		start: (endpoint, { connections }) => silent(endpoint, given({ connections })),
	},
	{
		name: "half-head",
		help: "heads that never end, a byte each `every` ms",
		settings: ["path", "connections", "every"],
		speaks: "HTTP/1.1",
		start: (endpoint, { connections, every }) => halfHead(endpoint, given({ connections, everyMs: every })),
	},
];

/** The kind of this name. Throws a `RangeError` where there is none. */
export function loadKind(name: string): LoadKindEntry {
	const kind = LOAD_KINDS.find((candidate) => candidate.name === name);
	if (kind === undefined) throw new RangeError(`no load ${name}`);
	return kind;
}

/** Starts what the spec says. */
export function startLoad(endpoint: Endpoint, spec: LoadSpec, seed: number): RunningLoad {
	return loadKind(spec.kind).start(spec.path === undefined ? endpoint : { ...endpoint, path: spec.path }, spec, seed);
}

/** What reports call the loads: the kind, the path where it has one of its own, a number where that is the same twice. */
export function loadNames(specs: readonly LoadSpec[]): string[] {
	const names = specs.map(({ kind, path }) => (path === undefined ? kind : `${kind} ${path}`));
	return names.map((name, i) => {
		const before = names.slice(0, i).filter((other) => other === name).length;
		return before === 0 ? name : `${name} (${before + 1})`;
	});
}

type Given<Settings> = { [Key in keyof Settings]?: Exclude<Settings[Key], undefined> };

/** Leaves out what was not given, so that the load's own default holds. */
function given<Settings extends object>(settings: Settings): Given<Settings> {
	return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Given<Settings>;
}
