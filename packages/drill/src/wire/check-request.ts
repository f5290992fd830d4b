import { validateHeaderName, validateHeaderValue } from "node:http";

/** What a load's user says about its requests. */
export interface RequestParts {
	readonly path?: string;
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

/** What a load speaks. Which headers its requests may have depends on it. */
export type Speaks = "HTTP/1.1" | "pipelined HTTP/1.1" | "HTTP/2" | "WebSocket";

/** Returns what is wrong with a header's value, or `undefined`. */
type Rule = (value: string) => string | undefined;

const always =
	(fault: string): Rule =>
	() =>
		fault;

const everywhere: Readonly<Record<string, Rule>> = {
	"content-length": always("the drill sends it by itself, for the body that it has"),
	"transfer-encoding": always("the drill sends each body with its content-length"),
	"x-request-id": always("the drill sends its own, by which it knows each request"),
	host: (value) =>
		/^[^\s/?#@\\]+$/.test(value) && URL.canParse(`http://${value}`)
			? undefined
			: "a host such as shop.test:8080 is wanted",
};

// RFC 9113 §8.2.2.
const connectionSpecific = always("HTTP/2 has no headers about the connection");
const byHandshake = always("the WebSocket handshake has its own");

const rules: Readonly<Record<Speaks, Readonly<Record<string, Rule>>>> = {
	"HTTP/1.1": everywhere,
	"pipelined HTTP/1.1": {
		...everywhere,
		connection: (value) => (saysClose(value) ? "more requests follow on the same connection" : undefined),
	},
	"HTTP/2": {
		...everywhere,
		connection: connectionSpecific,
		"keep-alive": connectionSpecific,
		"proxy-connection": connectionSpecific,
		upgrade: connectionSpecific,
		"http2-settings": connectionSpecific,
		te: (value) => (value.toLowerCase() === "trailers" ? undefined : "over HTTP/2 only trailers is allowed"),
	},
	WebSocket: {
		...everywhere,
		connection: byHandshake,
		upgrade: byHandshake,
		"sec-websocket-key": byHandshake,
		"sec-websocket-version": byHandshake,
		"sec-websocket-extensions": byHandshake,
		"sec-websocket-protocol": subprotocolsFault,
		trailer: always("the WebSocket handshake has no body, and so no trailers"),
	},
};

/** Returns why a header can't be sent by a load that speaks so, or `undefined` where it can. */
export function headerFault(name: string, value: string, speaks: Speaks): string | undefined {
	if (!isValid(() => validateHeaderName(name))) return "its name is not an HTTP token";
	if (!isValid(() => validateHeaderValue(name, value)))
		return "its value has a control character, or one that is not in Latin-1";
	const key = name.toLowerCase();
	return Object.hasOwn(rules[speaks], key) ? rules[speaks][key]?.(value) : undefined;
}

/** Throws a `TypeError` for what can't stand in a request of a load that speaks so. */
export function checkRequest({ path = "/", method = "GET", headers = {} }: RequestParts, speaks: Speaks): void {
	if (!/^[!-~]+$/.test(path)) throw new TypeError(`The path ${JSON.stringify(path)} can't stand in a request.`);
	if (!/^(?!CONNECT$)[A-Z-]+$/.test(method))
		throw new TypeError(`The method ${JSON.stringify(method)} can't stand in a request.`);
	for (const [name, value] of Object.entries(headers)) {
		const fault = headerFault(name, value, speaks);
		if (fault !== undefined)
			throw new TypeError(`The header ${JSON.stringify(`${name}: ${value}`)} can't be sent: ${fault}.`);
	}
}

/** Returns true if a `connection` header says that the connection ends after the message. */
export function saysClose(value: string): boolean {
	return value
		.toLowerCase()
		.split(/[\s,]+/)
		.includes("close");
}

/** The subprotocols that a `sec-websocket-protocol` header lists. */
export function subprotocolsOf(value: string): string[] {
	return value.split(/\s*,\s*/);
}

function subprotocolsFault(value: string): string | undefined {
	const subprotocols = subprotocolsOf(value);
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
