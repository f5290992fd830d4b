import { type Server, Socket } from "node:net";
import { monotonicNow } from "./monotonic-now.ts";

/**
 * Node.js looks for a new connection in each turn of its event loop. Other runtimes accept at their own time, so that a connection
 * may wait while some turns pass (seen on Deno).
 */
const ACCEPTS_IN_EACH_TURN = process.versions.bun === undefined && !("deno" in process.versions);

const LOOPBACK = /^(::ffff:)?127[.]|^::1$/;

/** The connections that a server has accepted: how many, and since when there has been no new one. */
export class Arrivals {
	#count = 0;
	#lastAt = -Infinity;
	#areLocal = true;
	/** True while only clients of this machine can reach the server. */
	#isOnLoopback = false;

	/** Called when the server listens. */
	listens(server: Server): void {
		const address = server.address();
		this.#isOnLoopback = typeof address === "string" || (address !== null && LOOPBACK.test(address.address));
	}

	/** Called with each new connection. */
	add(connection: unknown): void {
		this.#count++;
		this.#lastAt = monotonicNow();
		// Only until a client of another machine comes: the address costs a system call, and Node.js keeps it.
		if (this.#areLocal && !this.#isOnLoopback) this.#areLocal = isLocal(connection);
	}

	get count(): number {
		return this.#count;
	}

	/**
	 * The time since when no client has connected and none is connecting, or `undefined` if that is not known. Within a machine
	 * the kernel does a whole handshake in `connect()`. From another machine, one may be under way.
	 */
	get quietSince(): number | undefined {
		return ACCEPTS_IN_EACH_TURN && this.#areLocal ? this.#lastAt : undefined;
	}
}

function isLocal(connection: unknown): boolean {
	if (!(connection instanceof Socket)) return false;
	const { remoteAddress } = connection;
	// A Unix socket has no address. Nor has a connection that its client has reset.
	return remoteAddress === undefined ? connection.localAddress === undefined : LOOPBACK.test(remoteAddress);
}
