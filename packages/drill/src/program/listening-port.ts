import { SocketAddress } from "node:net";

/** A socket that listens, as the platform tells it. */
export interface ListeningSocket {
	/** `*` and the unspecified addresses mean all. */
	readonly address: string;
	readonly port: number;
	readonly pid: number;
}

/** Where a client on this machine reaches a target. */
export interface ListeningPort {
	/** Where to connect: a loopback address for a socket that listens everywhere. */
	readonly host: string;
	readonly port: number;
	/** Of a process that has the socket; several may share it. */
	readonly pid: number;
}

/** Where to connect for each socket, each place once, in the same order. */
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
 * Where a client connects to reach a socket that is bound to `address`. For `::` that is 127.0.0.1, since such a socket takes
 * IPv4 as well unless it was told not to, which no table tells.
 */
export function clientHost(address: string): string {
	if (address === "*" || address === "0.0.0.0") return "127.0.0.1";
	if (!address.includes(":")) return address;
	const short = new SocketAddress({ address, family: "ipv6" }).address;
	if (short === "::") return "127.0.0.1";
	return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(short)?.[1] ?? short;
}
