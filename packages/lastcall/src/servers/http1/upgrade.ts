import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { monotonicNow } from "../listening/monotonic-now.ts";
import type { RequestInFlight } from "../listening/request-name.ts";
import { isHandledElsewhere } from "../responses/handled-elsewhere.ts";
import { KnownConnection } from "./known-connection.ts";

/** Takes over a WebSocket. */
export type TakeWebSocket = (webSocket: RequestInFlight, socket: Socket) => void;

/** Where a socket has what was noted of its upgrade. */
const UPGRADE: unique symbol = Symbol("lastcall.upgrade");

interface UpgradedSocket extends Socket {
	[UPGRADE]?: UpgradeNote;
}

/** What is noted of an upgrade, also where a WebSocket server drains the connection. */
export interface UpgradeNote {
	/** The `url` of the request. */
	readonly target: string | undefined;
	/** In whole milliseconds, which V8 keeps within the object. */
	readonly startedAt: number;
}

/** Returns what was noted of the upgrade of a connection, if anything was. */
export function upgradeOf(socket: UpgradedSocket): UpgradeNote | undefined {
	return socket[UPGRADE];
}

/** Notes an upgrade that was made now, if the server of the connection has noted nothing of it. */
export function noteUpgrade(socket: UpgradedSocket, target: string | undefined): void {
	socket[UPGRADE] ??= { target, startedAt: Math.trunc(monotonicNow()) };
}

/**
 * What is noted of the request that made a connection an upgraded one. There is no reference to the request: its head would stay in
 * memory for as long as the connection is open.
 */
export class Upgrade extends KnownConnection implements UpgradeNote {
	readonly method: string | undefined;
	readonly target: string | undefined;
	readonly startedAt: number = Math.trunc(monotonicNow());
	/** Of a WebSocket: the bytes that were written on the connection before its handshake, until the drain of WebSockets takes it over. */
	#webSocket: number | "none" | "taken";

	/** Notes an upgrade that has come on `socket` now. */
	constructor({ method, url, headers }: IncomingMessage, socket: Socket) {
		super(socket);
		this.method = method;
		this.target = url;
		this.#webSocket = headers["sec-websocket-key"] === undefined ? "none" : socket.bytesWritten;
		(socket as UpgradedSocket)[UPGRADE] = this;
	}

	/** Describes what is in flight, if nothing else handles the connection: a WebSocket whose handshake was accepted, or another upgrade. */
	inFlight(): RequestInFlight | undefined {
		if (this.isDrainedElsewhere) return undefined;
		const { method, target, startedAt } = this;
		if (this.isOpenWebSocket) return { as: "WebSocket", method: undefined, target, startedAt };
		return { as: "upgraded connection", method, target, startedAt };
	}

	/** Lets the drain of WebSockets take the connection over, as soon as it is one of a WebSocket that nothing else handles. */
	handOver(take: TakeWebSocket): void {
		if (!this.isOpenWebSocket || !isBeingRead(this.socket)) return;
		const webSocket = this.inFlight();
		if (webSocket === undefined) return;
		this.#webSocket = "taken";
		take(webSocket, this.socket);
	}

	/** True once the connection is drained elsewhere: there is nothing to do with it but to wait for its end. */
	get isDrainedElsewhere(): boolean {
		return this.#webSocket === "taken" || isHandledElsewhere(this.socket);
	}

	/** True if the program has responded to the handshake of a WebSocket. What it has refused, it ends. */
	get isOpenWebSocket(): boolean {
		const writtenBefore = this.#webSocket;
		return typeof writtenBefore === "number" && this.socket.bytesWritten > writtenBefore && this.socket.writable;
	}
}

/** A library reads what the client sends. A response that is still being written in place of the handshake has no need to. */
function isBeingRead(socket: Socket): boolean {
	return socket.readableFlowing !== null;
}

/** Reads and drops what comes on a socket that Node.js has handed over: it has no other reader, and no other listener for errors. */
export function takeBack(socket: Socket): void {
	socket.on("error", () => socket.destroy());
	socket.resume();
}
