import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Linked } from "../../core/linked-list.ts";

/** A socket of an HTTP/1.1 server, with what is not documented (`lib/_http_server.js`, `lib/_http_common.js`). */
export interface HttpSocket extends Socket {
	/** The response that is sent on it now: set before Node.js emits the request, `null` when the response has been sent. */
	readonly _httpMessage?: ServerResponse | null;
	/** Has the request whose body is being received, until its end. */
	readonly parser?: { readonly incoming?: IncomingMessage | null } | null;
}

/** What is known of a connection of an HTTP/1.1 server. */
export abstract class KnownConnection implements Linked<KnownConnection> {
	readonly socket: HttpSocket;
	list: object | undefined = undefined;
	older: KnownConnection | undefined = undefined;
	newer: KnownConnection | undefined = undefined;

	constructor(socket: HttpSocket) {
		this.socket = socket;
	}
}
