import type { Http2Session } from "node:http2";
import { attempt } from "../core/attempt.ts";
import type { Drainable, DrainOptions, InFlight } from "../core/drainable.ts";
import type { Failure } from "../core/stop-reason.ts";
import { type Http2Server, http2Drain, isHttp2Server } from "./http2-server.ts";

/** What is used of the server of `@grpc/grpc-js`. Its ports are bound by the program. */
export interface GrpcServer {
	bindAsync(port: string, credentials: never, callback: (error: Error | null, port: number) => void): void;
	tryShutdown(callback: (error?: Error) => void): void;
	forceShutdown(): void;
}

/** Reports whether `server` is one that `GrpcDrain` can drain. */
export function isGrpcServer(server: unknown): server is GrpcServer {
	const { bindAsync, tryShutdown, forceShutdown } = (server ?? {}) as Partial<GrpcServer>;
	return [bindAsync, tryShutdown, forceShutdown].every((method) => typeof method === "function");
}

/**
 * Drains a gRPC server. Below it are HTTP/2 servers of Node.js, one for each address, and they are drained as any other:
 * its own `tryShutdown()` resets who waits in the accept queue, and names no call. Those are not in its documented
 * interface: without them it is left to `tryShutdown()`.
 */
export class GrpcDrain implements Drainable {
	readonly name: string;
	readonly #server: GrpcServer;
	readonly #parts = new Map<Http2Server, Drainable>();
	#shutDown: Promise<void> | undefined;

	constructor(name: string, server: GrpcServer) {
		this.name = name;
		this.#server = server;
		this.#watch();
	}

	inFlight(): InFlight[] {
		// Ports may be bound after `serve()`.
		this.#watch();
		return [...this.#parts.values()].flatMap((part) => part.inFlight());
	}

	stopping(): void {
		this.#watch();
		for (const part of this.#parts.values()) part.stopping?.();
	}

	async drain(options: DrainOptions): Promise<void> {
		this.#watch();
		await Promise.all([...this.#parts.values()].map((part) => part.drain(options)));
		// Nothing is left to be waited for, except where we saw nothing: the server learns that it is shut down.
		this.#shutDown ??= new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
		await this.#shutDown;
	}

	hardStop(failed: (failure: Failure) => void): void {
		for (const part of this.#parts.values()) part.hardStop(failed);
		// Its own word for it is CANCEL, which says that the client wanted it so: only once ours is out.
		setImmediate(() => attempt(this.name, failed, () => this.#server.forceShutdown()));
	}

	release(): void {
		for (const part of this.#parts.values()) part.release?.();
	}

	#watch(): void {
		const { http2Servers } = this.#server as { http2Servers?: unknown };
		if (!(http2Servers instanceof Map)) return;
		for (const [server, { sessions }] of http2Servers as Map<Http2Server, { sessions?: Iterable<Http2Session> }>) {
			if (this.#parts.has(server) || !isHttp2Server(server)) continue;
			this.#parts.set(server, http2Drain(this.name, server, sessions));
		}
	}
}
