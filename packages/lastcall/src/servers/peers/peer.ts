import { quote } from "../../core/check-options.ts";
import { type Linked, LinkedList } from "../../core/linked-list.ts";
import type { ConnectionActivity } from "../listening/connection-activity.ts";
import type { Due } from "../listening/visit-due.ts";
import type { PeerCloseWait } from "./peer-close-wait.ts";

/** One thing that a peer has asked for, or that is being sent to it. */
interface Unit extends Linked<Unit> {
	readonly what: string;
	readonly startedAt: number;
}

/** How long a peer has been waited for. */
export interface PeerWait {
	/** Milliseconds since the peer was due. */
	readonly waitedMs: number;
	readonly lingerMs: number;
	/** `performance.now()` before the last poll: what arrived later may be unread. */
	readonly polledAt: number;
}

/**
 * One long-lived connection whose protocol is not HTTP: what is in flight on it, and how it is closed. It gets its closing
 * message once, when nothing is in flight on it, and is gone when its connection has ended.
 */
export abstract class Peer implements Due, Linked<Peer> {
	list: object | undefined = undefined;
	older: Peer | undefined = undefined;
	newer: Peer | undefined = undefined;
	/** The name that it was registered under. */
	readonly name: string;
	/** A description: `WebSocket /chat`. */
	readonly what: string;
	readonly startedAt: number;
	readonly units: LinkedList<Unit> = new LinkedList();
	/** When it is looked at next, as `performance.now()` counts. */
	dueAt = 0;
	/** Its share of the time over which closing messages are spread. Infinite until the drain of the peers begins. */
	delayMs: number = Number.POSITIVE_INFINITY;
	/** True if its closing message was sent, or is being sent. */
	isNotified: boolean = false;
	/** The wait for its end, once its closing message was sent. */
	closeWait: PeerCloseWait | undefined;
	/** True if its connection has ended. Its units are in flight until they are done all the same. */
	isGone: boolean = false;
	/** Called when its last unit ends: a good moment for its closing message, if that is due. */
	whenReady: () => void = () => {};
	/** Called when a unit begins, and when the last one ends, after its connection has ended. */
	whenWorkChanges: () => void = () => {};

	constructor(name: string, what: string, startedAt: number = performance.now()) {
		this.name = name;
		this.what = what;
		this.startedAt = startedAt;
	}

	/** Returns true if its connection has ended, also if that was not noticed: the program may remove the listener for it. */
	get hasEnded(): boolean {
		return this.isGone;
	}

	/** Returns true if the connection itself is in flight, while none of its units is. */
	get isInFlight(): boolean {
		return true;
	}

	/** Returns true if its protocol has a closing message. Otherwise the connection is only ended. */
	get hasClosingMessage(): boolean {
		return true;
	}

	/** Returns true if a closing message would reach it now. */
	get isReachable(): boolean {
		return true;
	}

	/** The activity of its connection. If `undefined`, it is waited for after its closing message until it ends. */
	get activity(): ConnectionActivity | undefined {
		return undefined;
	}

	/** Returns true if what it sends after the closing message may have to be read, so that it should not be cut. */
	get maySend(): boolean {
		return true;
	}

	/**
	 * Returns true if its closing message may be sent now. Called right after a poll, only while no unit of it is in flight, and
	 * only once it is due.
	 */
	isReady(_wait: PeerWait): boolean {
		return true;
	}

	/** Called when the drain of the peers begins. It is due at `dueAt`, as `performance.now()` counts. */
	beginDrain(_dueAt: number): void {}

	/** Sends the closing message after all that was written before. May return a promise. */
	abstract sendClosingMessage(): unknown;

	/** Ends the connection now. */
	abstract cut(): void;
}

/** Where the object that the program has for a connection has its peer: a `WeakMap` takes several times as much memory. */
const PEER: unique symbol = Symbol("lastcall.peer");

/** What is noted of a connection until its peer is needed. */
export interface NotedPeer {
	/** Makes the peer of this connection, and registers it. */
	makePeer(connection: object): void;
}

interface PeerOwner {
	[PEER]?: Peer | NotedPeer;
}

/** Lets `beginUnit` find the peer by the object that the program has for its connection. */
export function registerPeer(connection: object, peer: Peer | NotedPeer): void {
	(connection as PeerOwner)[PEER] = peer;
}

/** Returns the peer of a connection, or what is noted of it. */
export function registeredPeer(connection: object): Peer | NotedPeer | undefined {
	return (connection as PeerOwner)[PEER];
}

/**
 * Begins a unit of work of the peer that the program knows as `connection`. Returns a function that ends it; further calls of
 * that do nothing.
 * @throws {TypeError} where it is no connection of anything that is served
 */
export function beginUnit(connection: unknown, what: string): () => void {
	if (typeof what !== "string" || what === "") {
		throw new TypeError(`enter: wanted a non-empty string that says with what, got ${quote(what)}`);
	}
	// A `Socket` of Socket.IO is one of the namespaces on its connection.
	const peer = findPeer(connection) ?? findPeer((connection as { conn?: unknown } | undefined)?.conn);
	if (peer === undefined) {
		throw new TypeError(
			`enter: "${what}": wanted a connection of a server that is served, or an upgraded one, got ${quote(connection)}`,
		);
	}
	const startedAt = performance.now();
	const unit: Unit = { what, startedAt, list: undefined, older: undefined, newer: undefined };
	peer.units.add(unit);
	if (peer.isGone) peer.whenWorkChanges();
	return () => {
		if (!peer.units.delete(unit) || peer.units.size > 0) return;
		if (peer.isGone) peer.whenWorkChanges();
		// Right after the last response, so that both arrive together: a client that reads the one has the other.
		else if (peer.hasClosingMessage) peer.whenReady();
	};
}

/** Returns true if a unit of work is in flight on this connection of a peer. */
export function hasUnits(connection: unknown): boolean {
	return (findPeer(connection)?.units.size ?? 0) > 0;
}

function findPeer(connection: unknown): Peer | undefined {
	if (typeof connection !== "object" || connection === null) return undefined;
	const known = registeredPeer(connection);
	if (known === undefined || known instanceof Peer) return known;
	known.makePeer(connection);
	return findPeer(connection);
}
