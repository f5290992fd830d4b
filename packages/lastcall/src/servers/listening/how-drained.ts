import type { Server, Socket } from "node:net";
import type { NameRequest } from "./request-name.ts";

/** A WebSocket that a server has accepted, by whatever library. */
export interface OpenWebSocket {
	/** The name of the server. */
	readonly name: string;
	/** A description: `WebSocket /chat`. */
	readonly what: string;
	readonly socket: Socket;
	readonly startedAt: number;
}

/** What a drain needs of the service that it belongs to. */
export interface HowDrained {
	readonly nameRequest: NameRequest;
	/** Called when a server of Node.js listens: at once if it does already, and each time it begins to. */
	readonly listens: (server: Server) => void;
	/**
	 * Takes over a WebSocket that no other part closes, from the beginning of the drain on. Without it, such a WebSocket is waited for
	 * until it ends.
	 */
	readonly takeWebSocket?: ((webSocket: OpenWebSocket) => void) | undefined;
}
