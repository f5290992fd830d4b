import type { ServiceState } from "../core/service-state.ts";
import type { HowDrained } from "../servers/listening/how-drained.ts";
import { countClaims } from "../servers/listening/served-servers.ts";
import type { HowNetDrains, ProtocolOptions } from "../servers/peers/protocol-options.ts";
import {
	beginServing,
	detectKind,
	type ListeningServer,
	type Servable,
	type ServerKind,
} from "../servers/server-kinds.ts";

/** Serves servers for one service. All groups of the service share it. */
export class Serving {
	readonly #state: ServiceState;
	readonly #how: Pick<HowDrained, "nameRequest" | "takeWebSocket">;

	constructor(state: ServiceState, how: Pick<HowDrained, "nameRequest" | "takeWebSocket">) {
		this.#state = state;
		this.#how = how;
		void state.closed.then(() => state.servers.releaseAll());
	}

	/** Serves a server of the program. */
	serve(name: string, server: Servable, kind: ServerKind, protocol: ProtocolOptions | undefined): void {
		const state = this.#state;
		state.throwFrom("draining", `"${name}" is not served`);
		const failed = (error: Error): void => void state.stop({ kind: "server-failed", name, error });
		const listening = (address: string): void => state.emit({ type: "listening", name, address });
		const how = { ...this.#how, protocol, clock: state.clock, listening, failed };
		const { drainable, release } = beginServing(name, server, kind, how);
		state.servers.add(drainable, release);
		// It is registered during the lame duck.
		if (state.reason !== undefined) drainable.stopping?.(state.warn);
	}

	/**
	 * Serves a server that the program does not know to be served. Its errors are left to the program, the log does not name it, and
	 * another service may serve it until the stop reason: then this one has given it up. Returns a function that gives it up, which does
	 * nothing from the stop reason on; or `undefined` if the server is served already, or draining has begun.
	 */
	serveQuietly(name: string, server: ListeningServer, protocol: HowNetDrains | undefined): (() => void) | undefined {
		const state = this.#state;
		if (countClaims(server) > 0 || !state.lifecycle.isBefore("draining")) return undefined;
		const giveUp = (): void => {
			if (state.reason !== undefined) return;
			drainable.release?.();
			state.servers.remove(drainable);
		};
		const how = {
			...this.#how,
			protocol,
			clock: state.clock,
			listening: () => {},
			yields: giveUp,
		};
		const { drainable, release } = beginServing(name, server, detectKind(name, server, undefined), how);
		state.servers.add(drainable, release);
		if (state.reason !== undefined) drainable.stopping?.(state.warn);
		return giveUp;
	}
}
