import { checkOptionNames, quote } from "../../core/check-options.ts";
import type { ClosingMessage } from "./socket-peer.ts";

/** Describes the protocol of a `node:net` or `node:tls` server. */
export interface ProtocolOptions {
	/**
	 * What counts as in flight: each `connection` from its beginning to its end, or only the `work` that `service.enter` begins
	 * on it. With `work`, a connection without any is idle: it lingers, and is closed after that.
	 * @default "connection"
	 */
	readonly inFlight?: "connection" | "work" | undefined;
	/**
	 * Sends the protocol's own closing message to a client, and ends the connection or lets the client do so. Called once for
	 * each connection while draining, when none of its work is in flight. Without it, a connection that counts as in
	 * flight itself is waited for until it ends, or until the hard stop.
	 *
	 * It may return a promise: nothing else ends the connection before that is settled, so bound your own waits in it. Then the
	 * client has `lingerMs` of silence to close its side (at least 1 s, or a tenth of the time that is left), twice that if it
	 * only drips bytes, and half of the time that is left if it goes on sending. After that the connection is destroyed, and
	 * named in the report's `endedEarly`. After a `closingMessage` that has failed, the connection is waited for until it ends,
	 * or until the hard stop.
	 */
	readonly closingMessage?: ClosingMessage | undefined;
}

/** How a `node:net` or `node:tls` server is drained. */
export interface HowNetDrains extends Omit<ProtocolOptions, "inFlight"> {
	/** With `nothing`, only the listener is drained: its connections belong to another server, which it hands them to. */
	readonly inFlight?: ProtocolOptions["inFlight"] | "nothing";
}

/** @throws {TypeError} for an option that there isn't, or one of the wrong type */
export function checkProtocol(name: string, protocol: ProtocolOptions): void {
	checkOptionNames(protocol, ["inFlight", "closingMessage"]);
	const { inFlight, closingMessage } = protocol;
	if (inFlight !== undefined && inFlight !== "connection" && inFlight !== "work") {
		throw new TypeError(`"${name}": inFlight: wanted "connection" or "work", got ${quote(inFlight)}`);
	}
	if (closingMessage !== undefined && typeof closingMessage !== "function") {
		throw new TypeError(`"${name}": closingMessage: wanted a function, got ${quote(closingMessage)}`);
	}
}
