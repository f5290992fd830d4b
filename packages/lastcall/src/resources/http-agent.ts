import { once } from "node:events";
import type { Agent } from "node:http";
import type { Resource } from "../core/resource.ts";

export function isHttpAgent(thing: unknown): thing is Agent {
	const { sockets, freeSockets, requests, destroy } = (thing ?? {}) as Partial<Agent>;
	return [sockets, freeSockets, requests].every((lists) => typeof lists === "object") && typeof destroy === "function";
}

/** An `http.Agent` or `https.Agent`. Idle connections are closed at once, those in use when their request has ended. */
export class HttpAgent implements Resource {
	readonly #agent: Agent;

	constructor(agent: Agent) {
		this.#agent = agent;
	}

	async close(): Promise<void> {
		const agent = this.#agent;
		// From now on, the agent closes a connection that becomes free, unless a request waits for it.
		agent.maxFreeSockets = 0;
		Object.assign(agent, { keepAlive: false });
		for (const socket of all(agent.freeSockets)) socket.destroy();
		for (let used = all(agent.sockets); used.length > 0; used = all(agent.sockets)) {
			// A request that waits gets a connection of its own when one in use is closed.
			await Promise.race(used.map((socket) => once(socket, "close")));
		}
	}

	cut(): void {
		this.#agent.destroy();
	}
}

function all<T>(lists: NodeJS.ReadOnlyDict<T[]>): T[] {
	return Object.values(lists).flatMap((list) => list ?? []);
}
