import {
	backToBack,
	eventStream,
	halfHead,
	http2Load,
	inFlight,
	keepAliveEdge,
	type LoadTarget,
	newConnections,
	pausing,
	pipelined,
	type RunningLoad,
	rate,
	silent,
	slowReader,
	upload,
	webSocket,
} from "../index.ts";

/** One load that was asked for: its kind and what it was told. What is left out has the kind's own default. */
export interface LoadSpec {
	readonly kind: string;
	readonly path?: string;
	readonly connections?: number;
	readonly rate?: number;
	readonly depth?: number;
	readonly streams?: number;
	/** How many events each stream has before it ends. */
	readonly events?: number;
	/** The name or the data of the event that each stream ends with. */
	readonly until?: string;
	/** Not for users: whether to learn how whole event streams end, before the load is steady. */
	readonly learns?: boolean;
	readonly bytes?: number;
	/** Milliseconds, at most, between two requests. */
	readonly pause?: number;
	/** Milliseconds between two pieces, reads or messages. */
	readonly every?: number;
	readonly message?: string;
}

/** A kind of load, as users name it. */
export interface LoadKindEntry {
	readonly name: string;
	/** One line for `--help`. */
	readonly help: string;
	/** Which settings of a `LoadSpec` it has. */
	readonly settings: readonly string[];
	start(target: LoadTarget, spec: LoadSpec, seed: number): RunningLoad;
}

/** Every kind, in the order in which `--help` lists them. */
export const LOAD_KINDS: readonly LoadKindEntry[] = [
	{
		name: "back-to-back",
		help: "kept-alive, the next request as soon as the answer is there",
		settings: ["path", "connections"],
		start: (target, { connections }) => backToBack(target, given({ connections })),
	},
	{
		name: "pausing",
		help: "kept-alive, idle for up to `pause` between requests",
		settings: ["path", "connections", "pause"],
		start: (target, { connections, pause }, seed) => pausing(target, given({ connections, maxPauseMs: pause, seed })),
	},
	{
		name: "keep-alive-edge",
		help: "idle until the server would end it; `pause`: its idle timeout",
		settings: ["path", "connections", "pause"],
		start: (target, { connections, pause }, seed) => keepAliveEdge(target, given({ connections, edgeMs: pause, seed })),
	},
	{
		name: "new-connections",
		help: "one connection for each request; `rate` of them a second",
		settings: ["path", "connections", "rate"],
		start: (target, { connections, rate }) =>
			newConnections(target, given({ concurrency: connections, requestsPerSecond: rate })),
	},
	{
		name: "rate",
		help: "open model: `rate` requests a second on a pool of connections",
		settings: ["path", "connections", "rate"],
		start: (target, spec) =>
			rate(target, { requestsPerSecond: spec.rate ?? 100, ...given({ maxConnections: spec.connections }) }),
	},
	{
		name: "pipelined",
		help: "`depth` requests in one write",
		settings: ["path", "connections", "depth"],
		start: (target, { connections, depth }) => pipelined(target, given({ connections, depth })),
	},
	{
		name: "in-flight",
		help: "always a request in flight; for a slow path",
		settings: ["path", "connections"],
		start: (target, { connections }) => inFlight(target, { repeats: true, ...given({ connections }) }),
	},
	{
		name: "slow-reader",
		help: "reads a large answer slowly, 64 KB each `every` ms",
		settings: ["path", "connections", "every"],
		start: (target, { connections, every }) =>
			slowReader(target, { repeats: true, ...given({ connections, everyMs: every }) }),
	},
	{
		name: "upload",
		help: "POSTs a body of `bytes`, in pieces",
		settings: ["path", "connections", "bytes", "every"],
		start: (target, { connections, bytes, every }) => upload(target, given({ connections, bytes, everyMs: every })),
	},
	{
		name: "early-upload",
		help: "the same, reading nothing before all is sent",
		settings: ["path", "connections", "bytes", "every"],
		start: (target, { connections, bytes, every }) =>
			upload(target, { early: true, ...given({ connections, bytes, everyMs: every }) }),
	},
	{
		name: "event-stream",
		help: "server-sent events; `until`: the last one of a whole stream",
		settings: ["path", "connections", "events", "until"],
		start: (target, { connections, events, until, learns }) =>
			eventStream(target, given({ connections, events, until, learns })),
	},
	{
		name: "websocket",
		help: "open WebSockets; `message` is sent and expected back",
		settings: ["path", "connections", "message", "every"],
		start: (target, { connections, message, every }) =>
			webSocket(target, given({ connections, message, everyMs: every })),
	},
	{
		name: "http2",
		help: "`streams` at a time on each connection; `until` as above",
		settings: ["path", "connections", "streams", "events", "until"],
		start: (target, { connections, streams, events, until }) =>
			http2Load(target, given({ connections, streams, events, until })),
	},
	{
		name: "silent",
		help: "connections that say nothing",
		settings: ["connections"],
		start: (target, { connections }) => silent(target, given({ connections })),
	},
	{
		name: "half-head",
		help: "heads that never end, a byte each `every` ms",
		settings: ["path", "connections", "every"],
		start: (target, { connections, every }) => halfHead(target, given({ connections, everyMs: every })),
	},
];

/** What is loaded where nothing was asked for: nothing but the one request, again and again. */
export const DEFAULT_LOADS: readonly LoadSpec[] = [
	{ kind: "back-to-back", connections: 16 },
	{ kind: "pausing", connections: 100 },
	{ kind: "new-connections", connections: 16 },
];

/** Starts what the spec says. */
export function startLoad(target: LoadTarget, spec: LoadSpec, seed: number): RunningLoad {
	const kind = LOAD_KINDS.find(({ name }) => name === spec.kind);
	if (kind === undefined) throw new RangeError(`no load ${spec.kind}`);
	return kind.start(spec.path === undefined ? target : { ...target, path: spec.path }, spec, seed);
}

/** The spec as a user would write it. */
export function describeSpec({ kind, ...settings }: LoadSpec): string {
	return [kind, ...Object.entries(settings).map(([key, value]) => `${key}=${value}`)].join(",");
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
