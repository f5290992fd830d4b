import type { Socket } from "node:net";

/**
 * Reports whether a socket that asked for `port` is connected to itself. TCP does that where the system happens to choose
 * for this side the very port that nobody listens on: once in some 28,000 attempts on Linux.
 */
export function isSelfConnected(socket: Socket, port: number): boolean {
	// The other side's address comes last: Node.js asks for it only once, and later its absence tells of a reset.
	return socket.localPort === port && socket.localAddress === socket.remoteAddress;
}
