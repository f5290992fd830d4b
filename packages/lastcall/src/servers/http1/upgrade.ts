import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { RequestInFlight } from "../listening/request-name.ts";
import { isHandledElsewhere } from "../responses/handled-elsewhere.ts";
import { toRequestInFlight, type Upgrade } from "./exchange.ts";

/** Describes an upgrade that has come on `socket` now. */
export function upgradeOf(request: IncomingMessage, socket: Socket): Upgrade {
	return { request, target: request.url, startedAt: performance.now(), writtenBefore: socket.bytesWritten };
}

/** Describes what is in flight, if nothing else handles the connection: a WebSocket whose handshake was accepted, or another upgrade. */
export function toUpgradeInFlight(upgrade: Upgrade, socket: Socket): RequestInFlight | undefined {
	if (isHandledElsewhere(socket)) return undefined;
	const isWebSocket =
		upgrade.request.headers["sec-websocket-key"] !== undefined && socket.bytesWritten > upgrade.writtenBefore;
	return {
		as: isWebSocket ? "unregistered WebSocket" : "upgraded connection",
		isUnregisteredWebSocket: isWebSocket,
		...toRequestInFlight(upgrade),
	};
}

/** Reads and drops what comes on a socket that Node.js has handed over: it has no other reader, and no other listener for errors. */
export function takeBack(socket: Socket): void {
	socket.on("error", () => socket.destroy());
	socket.resume();
}
