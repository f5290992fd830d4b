import {
	backToBack,
	type Endpoint,
	eventStream,
	http2Load,
	newConnections,
	pipelined,
	type RunningLoad,
	webSocket,
} from "lastcall-drill-clients";

/** The servers that a wire can be measured against. */
export type ServerName = "http" | "https" | "http2" | "http2tls" | "streams";

/** One protocol and way to send requests. */
export interface Wire {
	readonly server: ServerName;
	/** What is counted. */
	readonly unit: string;
	start(endpoint: Endpoint): RunningLoad;
}

/** In the order of the table. */
export const WIRES = {
	"HTTP/1.1 kept alive": {
		server: "http",
		unit: "request",
		start: (endpoint) => backToBack(endpoint, { connections: 32 }),
	},
	"HTTP/1.1 pipelined, 4 at a time": {
		server: "http",
		unit: "request",
		start: (endpoint) => pipelined(endpoint, { connections: 32, depth: 4 }),
	},
	"HTTP/1.1, a new connection each": {
		server: "http",
		unit: "request",
		start: (endpoint) => newConnections(endpoint, { concurrency: 32 }),
	},
	"HTTPS kept alive": {
		server: "https",
		unit: "request",
		start: (endpoint) => backToBack(endpoint, { connections: 32 }),
	},
	"HTTP/2": {
		server: "http2",
		unit: "request",
		start: (endpoint) => http2Load(endpoint, { connections: 4, streams: 8 }),
	},
	"HTTP/2 over TLS": {
		server: "http2tls",
		unit: "request",
		start: (endpoint) => http2Load(endpoint, { connections: 4, streams: 8 }),
	},
	WebSocket: {
		server: "streams",
		unit: "message",
		start: (endpoint) => webSocket(endpoint, { connections: 16, message: "a message", everyMs: 1 }),
	},
	"event stream": {
		server: "streams",
		unit: "stream of 10 events",
		start: (endpoint) => eventStream(endpoint, { connections: 16 }),
	},
} as const satisfies Readonly<Record<string, Wire>>;

/** The name of a wire. */
export type WireName = keyof typeof WIRES;

/** Returns true for the name of a wire. */
export function isWireName(name: string | undefined): name is WireName {
	return name !== undefined && name in WIRES;
}
