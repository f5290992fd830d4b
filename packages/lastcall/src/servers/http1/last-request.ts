import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { monotonicNow } from "../listening/monotonic-now.ts";
import type { RequestInFlight } from "../listening/request-name.ts";

/** A socket of an HTTP/1.1 server, with what is not documented (`lib/_http_server.js`, `lib/_http_common.js`). */
export interface HttpSocket extends Socket {
	/** The response that is sent on it now: set before Node.js emits the request, `null` when the response has been sent. */
	readonly _httpMessage?: ServerResponse | null;
	/** Has the request whose body is being received, until its end. */
	readonly parser?: { readonly incoming?: IncomingMessage | null } | null;
}

/** What is known of a connection whose requests were not tracked. */
export interface Untracked {
	/** The newest request, if its response is open. */
	readonly open: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
	/** The newest request, if its response was sent before its body had arrived. */
	readonly unread: IncomingMessage | undefined;
	/** True if a response was sent. */
	readonly isKeptAlive: boolean;
}

/**
 * The newest request of a connection whose requests need not be tracked one by one: the service is running, and the client does
 * not pipeline. Whether the response is open is asked of Node.js only when it matters. A request of a running service
 * costs nothing but these properties. There is no reference to it: an idle connection would keep its last request.
 */
export class LastRequest {
	/** The collection that it is in. */
	readonly owner: object;
	/** The `url` with which it arrived. `undefined` before the first request. */
	target: string | undefined;
	/** In whole milliseconds, which V8 keeps within this object. */
	startedAt = 0;
	/** True if there was a request before this one. */
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
		this.isKeptAlive = this.target !== undefined;
		this.target = request.url;
		this.startedAt = Math.trunc(monotonicNow());
		return true;
	}

	/** Returns true if its response is open. */
	isOpen({ _httpMessage: sent }: HttpSocket): boolean {
		return this.target !== undefined && !!sent && !sent.closed;
	}

	/** Describes it, if its response is open. */
	inFlight(socket: HttpSocket): RequestInFlight | undefined {
		const { open } = this.look(socket);
		return open && { method: open.request.method, target: this.target, startedAt: this.startedAt };
	}

	/**
	 * Finds out what has become of it.
	 * @param newest the response to a request that has come after it
	 */
	look({ _httpMessage: sent, parser }: HttpSocket, newest?: ServerResponse): Untracked {
		if (this.target === undefined) return { open: undefined, unread: undefined, isKeptAlive: false };
		if (sent && sent !== newest && !sent.closed) {
			return { open: { request: sent.req, response: sent }, unread: undefined, isKeptAlive: this.isKeptAlive };
		}
		const incoming = newest === undefined ? parser?.incoming : undefined;
		return { open: undefined, unread: incoming?.complete === false ? incoming : undefined, isKeptAlive: true };
	}
}
