import { quote } from "../../core/check-options.ts";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import { handleElsewhere } from "../responses/handled-elsewhere.ts";
import { Peer } from "./peer.ts";
import { Peers } from "./peers.ts";

/** The part of a response that is needed: a `ServerResponse`, that of HTTP/2, or an HTTP/2 stream itself. */
export interface ResponseLike {
	readonly destroyed: boolean;
	readonly writableEnded: boolean;
	readonly closed?: boolean;
	/** With HTTP/2: only the stream of a response shows whether it is destroyed. */
	readonly stream?: { readonly destroyed: boolean };
	/** With an HTTP/2 stream: its `writableEnded` is true even where its client has reset it. */
	readonly aborted?: boolean;
	once(event: "close", listener: () => void): unknown;
}

/** The signals that abort when draining begins, each for the handler of one response. */
export class DrainSignals implements Drainable {
	readonly name = "drain signals";
	readonly #reason: () => unknown;
	readonly #peers = new Peers();
	readonly #signals = new WeakMap<ResponseLike, AbortSignal>();

	/** @param reason returns the reason with which the signals abort when draining begins */
	constructor(reason: () => unknown) {
		this.#reason = reason;
	}

	/**
	 * Returns the signal of this response, always the same one.
	 * @throws {TypeError} where it is no response
	 */
	signalFor(response: ResponseLike): AbortSignal {
		if (typeof (response as Partial<ResponseLike> | undefined)?.once !== "function") {
			throw new TypeError(`drainSignalFor: wanted a response (ServerResponse), got ${quote(response)}`);
		}
		const known = this.#signals.get(response);
		if (known !== undefined) return known;
		const controller = new AbortController();
		this.#signals.set(response, controller.signal);
		// Its handler ends it. The HTTP/2 server only sees the stream below it.
		handleElsewhere(response);
		if (typeof response.stream === "object" && response.stream !== null) handleElsewhere(response.stream);
		if (response.destroyed || response.stream?.destroyed) {
			controller.abort();
			return controller.signal;
		}
		const peer = new SignalPeer(response, () => {
			this.#peers.remove(peer);
			controller.abort(this.#reason());
		});
		response.once("close", () => {
			this.#peers.remove(peer);
			if (!response.writableEnded || response.aborted) controller.abort();
		});
		this.#peers.add(peer);
		return controller.signal;
	}

	/** Responses are listed by the server that they belong to. */
	inFlight(): InFlight[] {
		return [];
	}

	drain(how: DrainOptions): Promise<void> {
		return this.#peers.drain(how);
	}

	cut(failed: (failure: Failure) => void): void {
		this.#peers.cut(failed);
	}
}

class SignalPeer extends Peer {
	readonly #response: ResponseLike;
	readonly #abort: () => void;

	constructor(response: ResponseLike, abort: () => void) {
		super("", "");
		this.#response = response;
		this.#abort = abort;
	}

	override get hasEnded(): boolean {
		return this.#response.closed === true || (this.#response.stream ?? this.#response).destroyed;
	}

	override sendClosingMessage(): void {
		this.#abort();
	}

	override cut(): void {
		this.#abort();
	}
}
