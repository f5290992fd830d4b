import type { IncomingMessage, ServerResponse } from "node:http";
import type { Exchange } from "./exchange.ts";

interface Link extends Exchange {
	older: Link | undefined;
	newer: Link | undefined;
	isRemoved: boolean;
}

/**
 * The requests in flight on one connection, oldest first. A list of links: whichever is removed, it costs the same, however many
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

	/** Reports whether it was there. */
	remove(exchange: Exchange): boolean {
		const link = exchange as Link;
		if (link.isRemoved) return false;
		link.isRemoved = true;
		const { older, newer } = link;
		if (older === undefined) this.#oldest = newer;
		else older.newer = newer;
		if (newer === undefined) this.#newest = older;
		else newer.older = older;
		// What still holds this one must not hold those that came after it.
		link.older = link.newer = undefined;
		this.size--;
		return true;
	}

	*[Symbol.iterator](): Iterator<Exchange> {
		for (let link = this.#oldest; link !== undefined; ) {
			// It may be removed meanwhile.
			const { newer } = link;
			yield link;
			link = newer;
		}
	}
}
