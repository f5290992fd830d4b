import type { IncomingMessage, ServerResponse } from "node:http";
import type { Exchange } from "./exchange.ts";

interface Link extends Exchange {
	older: Link | undefined;
	newer: Link | undefined;
	isRemoved: boolean;
}

/**
 * The requests in flight on one connection, oldest first. A linked list: to remove any of them costs the same, however many
 * there are. A `Map` that is filled and emptied again costs a running service several times as much.
 */
export class Exchanges implements Iterable<Exchange> {
	size = 0;
	#oldest: Link | undefined;
	#newest: Link | undefined;

	get newest(): ServerResponse | undefined {
		return this.#newest?.response;
	}

	add(request: IncomingMessage, response: ServerResponse): Exchange {
		const older = this.#newest;
		const { url: target } = request;
		const startedAt = performance.now();
		const link: Link = { request, response, target, startedAt, older, newer: undefined, isRemoved: false };
		if (older === undefined) this.#oldest = link;
		else older.newer = link;
		this.#newest = link;
		this.size++;
		return link;
	}

	/** Returns true if it was in the list. */
	remove(exchange: Exchange): boolean {
		const link = exchange as Link;
		if (link.isRemoved) return false;
		link.isRemoved = true;
		const { older, newer } = link;
		if (older === undefined) this.#oldest = newer;
		else older.newer = newer;
		if (newer === undefined) this.#newest = older;
		else newer.older = older;
		// A reference to this one must not keep the later ones in memory.
		link.older = link.newer = undefined;
		this.size--;
		return true;
	}

	*[Symbol.iterator](): Iterator<Exchange> {
		for (let link = this.#oldest; link !== undefined; ) {
			// The caller may remove the link meanwhile.
			const { newer } = link;
			yield link;
			link = newer;
		}
	}
}
