import type { Socket } from "node:net";
import { Flow } from "./flow.ts";
import type { Leaving } from "./leaving.ts";

/** How long a connection that is about to end has been without anything in flight, and whether that is long enough. */
export class Lingering {
	/** Its share of the time over which goodbyes are spread. */
	delayMs = 0;
	readonly #socket: Socket;
	/** The body of a request whose response is out. */
	readonly #rest = new Flow();
	#idleSince = 0;
	#quietSince = 0;
	#bytesRead = 0;
	/** What had been read when the connection was last known to be between two requests. */
	#idleBytes = 0;

	constructor(socket: Socket) {
		this.#socket = socket;
	}

	/** Returns true if part of a request has come since it became idle. */
	get hasBegunRequest(): boolean {
		return this.#socket.bytesRead > this.#idleBytes;
	}

	/** Nothing is in flight any more. What has come so far belongs to what was. */
	becameIdle(): void {
		this.#idleSince = this.#quietSince = performance.now();
		this.#idleBytes = this.#bytesRead = this.#socket.bytesRead;
		this.#rest.begin(this.#idleSince, this.#bytesRead);
	}

	/** The same for one that was never asked anything: what has come so far may be part of its first request. */
	isNew(): void {
		this.#idleBytes = 0;
	}

	/** Something is in flight. */
	isBusy(): void {
		this.#idleSince = this.#quietSince = performance.now();
		this.#rest.begin(this.#idleSince, this.#socket.bytesRead);
	}

	/**
	 * Returns true if it has waited long enough. To be asked right after a poll, while nothing is in flight: what had arrived
	 * by `polledAt` has been read then. A silent connection waits for the linger, one that drips bytes twice that. Where what
	 * it sends is to be read on (`readsOn`), and is more than a drip, it has half of the time that was left when it became idle.
	 */
	isOver(polledAt: number, times: Pick<Leaving, "lingerMs" | "hardStopAt">, readsOn: boolean): boolean {
		const { bytesRead } = this.#socket;
		const lingerMs = times.lingerMs + this.delayMs;
		if (bytesRead !== this.#bytesRead) {
			this.#bytesRead = bytesRead;
			this.#quietSince = performance.now();
		}
		if (polledAt - this.#quietSince >= lingerMs) return true;
		const waitedMs = polledAt - this.#idleSince;
		if (!readsOn || this.#rest.isDrip(polledAt, bytesRead, 2 * lingerMs)) return waitedMs >= 2 * lingerMs;
		return waitedMs >= Math.max(2 * lingerMs, (times.hardStopAt - this.#idleSince) / 2);
	}
}
