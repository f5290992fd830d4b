import { endianness } from "node:os";

/** A listening socket in `/proc/net/tcp` or `/proc/net/tcp6`. */
export interface TcpListener {
	readonly address: string;
	readonly port: number;
	/** The number in the link `socket:[…]` in the `fd` folder of a process. */
	readonly inode: string;
}

/**
 * Reads the listening sockets in the text of `/proc/net/tcp` or `/proc/net/tcp6`, in its order.
 * Source: https://docs.kernel.org/networking/proc_net_tcp.html
 */
export function parseProcNetTcp(text: string, byteOrder: "BE" | "LE" = endianness()): TcpListener[] {
	const listeners: TcpListener[] = [];
	for (const line of text.split("\n")) {
		const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
		if (state !== "0A" || local === undefined || inode === undefined) continue;
		const [address = "", port = ""] = local.split(":");
		listeners.push({ address: parseAddress(address, byteOrder), port: Number.parseInt(port, 16), inode });
	}
	return listeners;
}

/** The kernel prints the address as words of four bytes, each in the machine's byte order. */
function parseAddress(hex: string, byteOrder: "BE" | "LE"): string {
	const bytes = Buffer.from(hex, "hex");
	if (byteOrder === "LE") bytes.swap32();
	if (bytes.length === 4) return bytes.join(".");
	return (bytes.toString("hex").match(/.{4}/g) ?? []).join(":");
}
