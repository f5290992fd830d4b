import { monotonicNow } from "../listening/monotonic-now.ts";
import type { NotedPeer } from "./peer.ts";
import type { WebSocketLike } from "./web-socket-peer.ts";

/** What drains a WebSocket. */
interface Owner {
	/** Makes the peer of a WebSocket, and registers it. */
	makePeer(webSocket: WebSocketLike, noted: NotedWebSocket): void;
}

/** What is noted of a registered WebSocket of a running service: the server itself knows which of them are open. */
export class NotedWebSocket implements NotedPeer {
	readonly owner: Owner;
	/** The `url` of its request. */
	readonly target: string | undefined;
	/** In whole milliseconds, which V8 keeps within this object. */
	readonly startedAt: number = Math.trunc(monotonicNow());

	constructor(owner: Owner, target: string | undefined) {
		this.owner = owner;
		this.target = target;
	}

	makePeer(webSocket: WebSocketLike): void {
		this.owner.makePeer(webSocket, this);
	}
}
