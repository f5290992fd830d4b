import type { Socket } from "node:net";

/**
 * Reports whether a socket is connected to itself. TCP does that where the system happens to choose for this side the very
 * port that was asked for and nobody listens on: once in some 28,000 attempts on Linux.
 */
export function isSelfConnected({ localPort, remotePort, localAddress, remoteAddress }: Socket): boolean {
	return localPort !== undefined && localPort === remotePort && localAddress === remoteAddress;
}
