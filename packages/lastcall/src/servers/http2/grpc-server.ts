import type { Http2Session } from "node:http2";
import { attempt } from "../../core/attempt.ts";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import type { Warning } from "../../core/warning.ts";
import type { HowDrained } from "../listening/how-drained.ts";
import { HealthWatches } from "./grpc-health.ts";
import { type Http2Server, http2Drain, isHttp2Server } from "./http2-server.ts";

/** The part of the server of `@grpc/grpc-js` that is used. The program binds its ports. */
export interface GrpcServer {
	bindAsync(port: string, credentials: never, callback: (error: Error | null, port: number) => void): void;
	tryShutdown(callback: (error?: Error) => void): void;
	forceShutdown(): void;
}

/** Returns true if `server` is one that `GrpcDrain` can drain. */
export function isGrpcServer(server: unknown): server is GrpcServer {
	const { bindAsync, tryShutdown, forceShutdown } = (server ?? {}) as Partial<GrpcServer>;
	return [bindAsync, tryShutdown, forceShutdown].every((method) => typeof method === "function");
}

/** The HTTP/2 servers below a gRPC server, each with the sessions that it has. */
type Http2Servers = Map<Http2Server, { readonly sessions?: Iterable<Http2Session> }>;

/**
 * Drains a gRPC server. Below it are HTTP/2 servers of Node.js, one for each address, which are drained as any other HTTP/2
 * server. The `tryShutdown()` of `@grpc/grpc-js` would reset the clients in the accept queue, and lists no calls.
 *
 * The map of these servers is not documented. Each server is watched from the turn in which it begins to listen, so that no
 * call is missed: the map's `set` is shadowed. Where that can't be done, the map is searched whenever calls are listed, and at
 * the drain: calls from before that are finished, but not listed. Without the map, only `tryShutdown()` is called.
 */
export class GrpcDrain implements Drainable {
	readonly name: string;
	readonly #server: GrpcServer;
	readonly #how: HowDrained;
	readonly #parts = new Map<Http2Server, Drainable>();
	readonly #watches: HealthWatches;
	readonly #drains: Promise<void>[] = [];
	readonly #unwatch: (() => void) | undefined;
	#drainOptions: DrainOptions | undefined;
	#shutDown: Promise<void> | undefined;
	#warn: ((warning: Warning) => void) | undefined;
	#stopped: ((failure: Failure) => void) | undefined;

	constructor(name: string, server: GrpcServer, how: HowDrained) {
		this.name = name;
		this.#server = server;
		this.#how = how;
		this.#watches = new HealthWatches(name);
		this.#unwatch = onSet(findHttp2Servers(server), () => this.#watch());
		this.#watch();
	}

	inFlight(): InFlight[] {
		this.#watch();
		return [...this.#parts.values()].flatMap((part) => part.inFlight());
	}

	idleConnections(): number {
		this.#watch();
		return [...this.#parts.values()].reduce((sum, part) => sum + (part.idleConnections?.() ?? 0), 0);
	}

	/** The shadow of `set` holds this drain for as long as a port may be bound. */
	isAtRest(): boolean {
		this.#watch();
		return this.#unwatch !== undefined && [...this.#parts.values()].every((part) => part.isAtRest?.());
	}

	isUnused(): boolean {
		return this.#unwatch !== undefined && this.#parts.size === 0;
	}

	stopping(warn: (warning: Warning) => void): void {
		this.#watch();
		this.#warn = warn;
		for (const part of this.#parts.values()) part.stopping?.(warn);
	}

	async drain(options: DrainOptions): Promise<void> {
		this.#watch();
		this.#drainOptions = options;
		for (const part of this.#parts.values()) this.#drains.push(part.drain(options));
		let isOver = false;
		void this.#watches.endAll(options, () => isOver || this.#stopped !== undefined);
		// A port that is bound meanwhile adds one to the list.
		for (const drain of this.#drains) await drain;
		this.#drains.length = 0;
		isOver = true;
		// Waits only for calls that could not be watched. Otherwise it only sets the server's state.
		this.#shutDown ??= new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
		await this.#shutDown;
	}

	cut(failed: (failure: Failure) => void): void {
		this.#stopped = failed;
		for (const part of this.#parts.values()) part.cut(failed);
		// `forceShutdown()` resets streams with CANCEL, by which a client would take them for cancelled by itself. GOAWAY is sent
		// first.
		setImmediate(() => attempt(this.name, failed, () => this.#server.forceShutdown()));
	}

	release(): void {
		this.#unwatch?.();
		for (const part of this.#parts.values()) part.release?.();
	}

	#watch(): void {
		for (const [server, { sessions }] of findHttp2Servers(this.#server) ?? []) {
			if (!this.#parts.has(server) && isHttp2Server(server)) this.#add(server, sessions);
		}
	}

	#add(server: Http2Server, sessions: Iterable<Http2Session> | undefined): void {
		const part = http2Drain(this.name, server, this.#how, sessions);
		this.#parts.set(server, part);
		this.#watches.watch(server);
		if (this.#warn !== undefined) part.stopping?.(this.#warn);
		if (this.#drainOptions !== undefined) this.#drains.push(part.drain(this.#drainOptions));
		if (this.#stopped !== undefined) part.cut(this.#stopped);
	}
}

function findHttp2Servers(server: GrpcServer): Http2Servers | undefined {
	const { http2Servers } = server as { http2Servers?: unknown };
	return http2Servers instanceof Map ? http2Servers : undefined;
}

/** Calls `changed` after each `set` of this one map, until the returned function is called. */
function onSet(map: Http2Servers | undefined, changed: () => void): (() => void) | undefined {
	if (map === undefined || !Object.isExtensible(map)) return undefined;
	const { set } = map;
	const shadow: Http2Servers["set"] = (server, entry) => {
		set.call(map, server, entry);
		changed();
		return map;
	};
	map.set = shadow;
	return () => {
		if (map.set === shadow) map.set = set;
	};
}
