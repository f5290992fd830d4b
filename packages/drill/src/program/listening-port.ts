import { SocketAddress } from "node:net";

/** A listening socket, as the platform describes it. */
export interface ListeningSocket {
	/** `*` and the unspecified addresses mean all addresses. */
	readonly address: string;
	readonly port: number;
	readonly pid: number;
}

/** Where a client on this machine can connect to a program. */
export interface ListeningPort {
	/** The address to connect to: a loopback address for a socket that listens on all. */
	readonly host: string;
	readonly port: number;
	/** The pid of a process that has the socket. Several may share it. */
	readonly pid: number;
}

/** Returns where to connect for each socket, each place once, in the same order. */
export function listeningPorts(sockets: readonly ListeningSocket[]): ListeningPort[] {
	const ports = new Map<string, ListeningPort>();
	for (const { address, port, pid } of sockets) {
		const host = clientHost(address);
		const key = `${host} ${port}`;
		if (!ports.has(key)) ports.set(key, { host, port, pid });
	}
	return [...ports.values()];
}

/**
 * Returns the address that reaches a socket bound to `address`. For `::` that is 127.0.0.1: such a socket takes IPv4 as well,
 * unless it is IPv6-only, which no table shows.
 */
export function clientHost(address: string): string {
	if (address === "*" || address === "0.0.0.0") return "127.0.0.1";
	if (!address.includes(":")) return address;
	const short = new SocketAddress({ address, family: "ipv6" }).address;
	if (short === "::") return "127.0.0.1";
	return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(short)?.[1] ?? short;
}
