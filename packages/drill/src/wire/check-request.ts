import { validateHeaderName, validateHeaderValue } from "node:http";

/** The parts of a request that users choose. */
export interface RequestParts {
	readonly path?: string;
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

/** The protocol of a load. It decides which headers the requests may have. */
export type Speaks = "HTTP/1.1" | "pipelined HTTP/1.1" | "HTTP/2" | "WebSocket";

/** Returns what is wrong with a header's value, or `undefined`. */
type Rule = (value: string) => string | undefined;

const refuse =
	(fault: string): Rule =>
	() =>
		fault;

const EVERYWHERE: Readonly<Record<string, Rule>> = {
	"content-length": refuse("the drill sends it itself, with the length of the body"),
	"transfer-encoding": refuse("the drill sends each body with a content-length"),
	"x-request-id": refuse("the drill sends its own, to identify each request"),
	host: (value) =>
		/^[^\s/?#@\\]+$/.test(value) && URL.canParse(`http://${value}`)
			? undefined
			: "a host such as shop.test:8080 is wanted",
};

// RFC 9113 §8.2.2.
const CONNECTION_SPECIFIC = refuse("HTTP/2 has no headers about the connection");
const BY_HANDSHAKE = refuse("the WebSocket handshake has its own");

const RULES: Readonly<Record<Speaks, Readonly<Record<string, Rule>>>> = {
	"HTTP/1.1": EVERYWHERE,
	"pipelined HTTP/1.1": {
		...EVERYWHERE,
		connection: (value) => (saysClose(value) ? "more requests follow on the same connection" : undefined),
	},
	"HTTP/2": {
		...EVERYWHERE,
		connection: CONNECTION_SPECIFIC,
		"keep-alive": CONNECTION_SPECIFIC,
		"proxy-connection": CONNECTION_SPECIFIC,
		upgrade: CONNECTION_SPECIFIC,
		"http2-settings": CONNECTION_SPECIFIC,
		te: (value) => (value.toLowerCase() === "trailers" ? undefined : "over HTTP/2 only trailers is allowed"),
	},
	WebSocket: {
		...EVERYWHERE,
		connection: BY_HANDSHAKE,
		upgrade: BY_HANDSHAKE,
		"sec-websocket-key": BY_HANDSHAKE,
		"sec-websocket-version": BY_HANDSHAKE,
		"sec-websocket-extensions": BY_HANDSHAKE,
		"sec-websocket-protocol": subprotocolsFault,
		trailer: refuse("the WebSocket handshake has no body, and so no trailers"),
	},
};

/** Returns why a load of this protocol can't send a header; undefined if it can. */
export function headerFault(name: string, value: string, speaks: Speaks): string | undefined {
	if (!isValid(() => validateHeaderName(name))) return "its name is not an HTTP token";
	if (!isValid(() => validateHeaderValue(name, value)))
		return "its value has a control character, or one that is not in Latin-1";
	const key = name.toLowerCase();
	return Object.hasOwn(RULES[speaks], key) ? RULES[speaks][key]?.(value) : undefined;
}

/** Throws a `TypeError` for a part that a request of this protocol can't have. */
export function checkRequest({ path = "/", method = "GET", headers = {} }: RequestParts, speaks: Speaks): void {
	if (!/^[!-~]+$/.test(path))
		throw new TypeError(`path: wanted printable ASCII without spaces, got ${JSON.stringify(path)}`);
	if (!/^(?!CONNECT$)[A-Z-]+$/.test(method))
		throw new TypeError(`method: wanted a method such as GET, and not CONNECT, got ${JSON.stringify(method)}`);
	for (const [name, value] of Object.entries(headers)) {
		const fault = headerFault(name, value, speaks);
		if (fault !== undefined)
			throw new TypeError(`headers: can't send ${JSON.stringify(`${name}: ${value}`)}: ${fault}`);
	}
}

/** Returns true if the value of a `connection` header has the option `close`. */
export function saysClose(value: string): boolean {
	return value
		.toLowerCase()
		.split(/[\s,]+/)
		.includes("close");
}

/** Returns the subprotocols in the value of a `sec-websocket-protocol` header. */
export function splitSubprotocols(value: string): string[] {
	return value.split(/\s*,\s*/);
}

function subprotocolsFault(value: string): string | undefined {
	const subprotocols = splitSubprotocols(value);
	if (!subprotocols.every((name) => isValid(() => validateHeaderName(name)))) return "a list of tokens is wanted";
	return new Set(subprotocols).size < subprotocols.length ? "a subprotocol is named twice" : undefined;
}

function isValid(validate: () => void): boolean {
	try {
		validate();
		return true;
	} catch {
		return false;
	}
}
