import { quote } from "../../core/check-options.ts";
import type { Drainable, DrainOptions, InFlight } from "../../core/drainable.ts";
import type { Failure } from "../../core/stop-reason.ts";
import { claim } from "../answers/claimed.ts";
import { Peer } from "./peer.ts";
import { Peers } from "./peers.ts";

/** What is needed of an answer: `ServerResponse`, HTTP/2's, or an HTTP/2 stream itself. */
export interface ResponseLike {
	readonly destroyed: boolean;
	readonly writableEnded: boolean;
	readonly closed?: boolean;
	/** Of HTTP/2's answer: only its stream knows whether it is destroyed. */
	readonly stream?: { readonly destroyed: boolean };
	/** Of an HTTP/2 stream, which says that it has ended even where its client has reset it. */
	readonly aborted?: boolean;
	once(event: "close", listener: () => void): unknown;
}

/** The signals by which handlers hear that draining has begun, each for one answer. */
export class DrainSignals implements Drainable {
	readonly name = "drain signals";
	readonly #reason: () => unknown;
	readonly #peers = new Peers();
	readonly #signals = new WeakMap<ResponseLike, AbortSignal>();

	/** @param reason what the signals abort with when draining begins */
	constructor(reason: () => unknown) {
		this.#reason = reason;
	}

	/**
	 * The signal of this answer, always the same.
	 * @throws {TypeError} where it is no answer
	 */
	of(answer: ResponseLike): AbortSignal {
		if (typeof (answer as Partial<ResponseLike> | undefined)?.once !== "function") {
			throw new TypeError(`drainSignalFor: wanted the answer, a ServerResponse, got ${quote(answer)}`);
		}
		const known = this.#signals.get(answer);
		if (known !== undefined) return known;
		const controller = new AbortController();
		this.#signals.set(answer, controller.signal);
		// Its handler ends it. HTTP/2 knows an answer by its stream.
		claim(answer);
		if (answer.stream instanceof Object) claim(answer.stream);
		if (answer.destroyed || answer.stream?.destroyed) {
			controller.abort();
			return controller.signal;
		}
		const peer = new SignalPeer(answer, () => {
			this.#peers.remove(peer);
			controller.abort(this.#reason());
		});
		answer.once("close", () => {
			this.#peers.remove(peer);
			if (!answer.writableEnded || answer.aborted) controller.abort();
		});
		this.#peers.add(peer);
		return controller.signal;
	}

	/** Answers are in flight by their server's account. */
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
	readonly #answer: ResponseLike;
	readonly #abort: () => void;

	constructor(answer: ResponseLike, abort: () => void) {
		super("", "");
		this.#answer = answer;
		this.#abort = abort;
	}

	override get hasEnded(): boolean {
		return this.#answer.closed === true || (this.#answer.stream ?? this.#answer).destroyed;
	}

	override goodbye(): void {
		this.#abort();
	}

	override cut(): void {
		this.#abort();
	}
}
