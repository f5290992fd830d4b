import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { RequestInFlight } from "../listening/request-name.ts";
import { isHandledElsewhere } from "../responses/handled-elsewhere.ts";
import { toRequestInFlight, type Upgrade } from "./exchange.ts";

/** Takes over a WebSocket. */
export type TakeWebSocket = (webSocket: RequestInFlight, socket: Socket) => void;

/** Describes an upgrade that has come on `socket` now. */
export function upgradeOf(request: IncomingMessage, socket: Socket): Upgrade {
	const { url: target } = request;
	const startedAt = performance.now();
	return { request, target, startedAt, writtenBefore: socket.bytesWritten, isTaken: false };
}

/** Describes what is in flight, if nothing else handles the connection: a WebSocket whose handshake was accepted, or another upgrade. */
export function toUpgradeInFlight(upgrade: Upgrade, socket: Socket): RequestInFlight | undefined {
	if (upgrade.isTaken || isHandledElsewhere(socket)) return undefined;
	if (isOpenWebSocket(upgrade, socket)) return { ...toRequestInFlight(upgrade), as: "WebSocket", method: undefined };
	return { ...toRequestInFlight(upgrade), as: "upgraded connection" };
}

/** Lets the drain of WebSockets take the connection over, as soon as it is one of a WebSocket that nothing else handles. */
export function handOver(connection: { upgrade: Upgrade | undefined; socket: Socket }, take?: TakeWebSocket): void {
	const { upgrade, socket } = connection;
	if (upgrade === undefined || take === undefined) return;
	if (!isOpenWebSocket(upgrade, socket) || !isBeingRead(socket)) return;
	const webSocket = toUpgradeInFlight(upgrade, socket);
	if (webSocket === undefined) return;
	upgrade.isTaken = true;
	take(webSocket, socket);
}

/** Returns true if the program has responded to the handshake of a WebSocket. What it has refused, it ends. */
function isOpenWebSocket({ request, writtenBefore }: Upgrade, socket: Socket): boolean {
	return request.headers["sec-websocket-key"] !== undefined && socket.bytesWritten > writtenBefore && socket.writable;
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
