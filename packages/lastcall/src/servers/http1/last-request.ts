import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { monotonicNow } from "../listening/monotonic-now.ts";

/** A socket of an HTTP/1.1 server, with what is not documented (`lib/_http_server.js`). */
interface HttpSocket extends Socket {
	/** The response that is sent on it now: set before Node.js emits the request, `null` when the response has been sent. */
	readonly _httpMessage?: ServerResponse | null;
}

/**
 * The newest request of a connection whose requests need not be tracked one by one: the service is running, and the client does
 * not pipeline. Whether the response is open is asked of Node.js when somebody wants to know. A request of a running service
 * costs nothing but these properties.
 */
export class LastRequest {
	/** The collection that it is in. */
	readonly owner: object;
	/** `undefined` until there is one. Not kept alive by this: the parser of Node.js refers to it as long. */
	request: IncomingMessage | undefined;
	/** The `url` with which it arrived. */
	target: string | undefined;
	startedAt = 0;
	/** True if a response was sent before that of this request. */
	isKeptAlive = false;

	constructor(owner: object) {
		this.owner = owner;
	}

	/**
	 * Notes a request. Returns false if that would not do: its response waits for the one of an earlier request, or the runtime does
	 * not tell.
	 */
	note(request: IncomingMessage, response: ServerResponse): boolean {
		if ((request.socket as HttpSocket)._httpMessage !== response) return false;
		// The program may emit a request again after it has looked at it.
		if (this.request === request) return true;
		this.isKeptAlive = this.request !== undefined;
		this.request = request;
		this.target = request.url;
		this.startedAt = monotonicNow();
		return true;
	}

	/** Its response, if that is open. */
	get openResponse(): ServerResponse | undefined {
		if (this.request === undefined) return undefined;
		const { _httpMessage: response } = this.request.socket as HttpSocket;
		return response && response.req === this.request && !response.closed ? response : undefined;
	}
}
