import type { Socket } from "node:net";

/**
 * Returns true if a socket that asked for `port` is connected to itself. TCP does that if nothing listens on the port and the
 * system happens to choose it for this side: once in some 28,000 attempts on Linux.
 */
export function isSelfConnected(socket: Socket, port: number): boolean {
	// The other side's address comes last: Node.js asks for it only once, and its absence later means a reset.
	return socket.localPort === port && socket.localAddress === socket.remoteAddress;
}
