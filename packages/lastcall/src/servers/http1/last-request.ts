import type { IncomingMessage, ServerResponse } from "node:http";
import { monotonicNow } from "../listening/monotonic-now.ts";
import type { RequestInFlight } from "../listening/request-name.ts";
import { KnownConnection } from "./known-connection.ts";

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
export class LastRequest extends KnownConnection {
	/** The `url` with which it arrived. `undefined` before the first request. */
	target: string | undefined = undefined;
	/** In whole milliseconds, which V8 keeps within this object. */
	startedAt = 0;
	/** True if there was a request before this one. */
	isKeptAlive = false;

	/**
	 * Notes a request. Returns false if that would not do: its response waits for the one of an earlier request, or the runtime does
	 * not tell.
	 */
	note(request: IncomingMessage, response: ServerResponse): boolean {
		if (this.socket._httpMessage !== response) return false;
		this.isKeptAlive = this.target !== undefined;
		this.target = request.url;
		this.startedAt = Math.trunc(monotonicNow());
		return true;
	}

	/** Returns true if its response is open. */
	get isOpen(): boolean {
		const { _httpMessage: sent } = this.socket;
		return this.target !== undefined && !!sent && !sent.closed;
	}

	/** Describes it, if its response is open. */
	inFlight(): RequestInFlight | undefined {
		const { open } = this.look();
		return open && { method: open.request.method, target: this.target, startedAt: this.startedAt };
	}

	/**
	 * Finds out what has become of it.
	 * @param newest the response to a request that has come after it
	 */
	look(newest?: ServerResponse): Untracked {
		const { _httpMessage: sent, parser } = this.socket;
		if (this.target === undefined) return { open: undefined, unread: undefined, isKeptAlive: false };
		if (sent && sent !== newest && !sent.closed) {
			return { open: { request: sent.req, response: sent }, unread: undefined, isKeptAlive: this.isKeptAlive };
		}
		const incoming = newest === undefined ? parser?.incoming : undefined;
		return { open: undefined, unread: incoming?.complete === false ? incoming : undefined, isKeptAlive: true };
	}
}
