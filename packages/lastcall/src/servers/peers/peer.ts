import { quote } from "../../core/check-options.ts";
import type { SignsOfLife } from "../listening/signs-of-life.ts";
import type { Parting } from "./parting.ts";

/** One thing that a peer has asked for, or that it is being sent. */
interface Unit {
	readonly what: string;
	readonly startedAt: number;
}

/** How long a peer has been waited for, in milliseconds since goodbyes began. */
export interface Patience {
	readonly waitedMs: number;
	readonly lingerMs: number;
	/** `performance.now()` before the last poll: what arrived later may be unread. */
	readonly polledAt: number;
}

/**
 * One long-lived connection whose protocol is not HTTP: what it has in flight, and how it is said goodbye to. It is told
 * once, when nothing of it is in flight, and is gone when its connection has ended.
 */
export abstract class Peer {
	/** What it was registered under. */
	readonly name: string;
	/** What it is: `WebSocket /chat`. */
	readonly what: string;
	readonly startedAt: number = performance.now();
	readonly units: Set<Unit> = new Set();
	/** Its share of the time over which goodbyes are spread; none until they begin. */
	delayMs: number = Number.POSITIVE_INFINITY;
	isTold: boolean = false;
	/** The wait for its end, once its goodbye is said. */
	parting: Parting | undefined;
	/** Its connection has ended. Its units are in flight until they are done all the same. */
	isGone: boolean = false;
	/** Called when its last unit ends: a good moment to tell it, if it is to be told. */
	whenReady: () => void = () => {};
	/** Called when a unit begins, and when the last one ends, after its connection has ended. */
	whenWorkChanges: () => void = () => {};

	constructor(name: string, what: string) {
		this.name = name;
		this.what = what;
	}

	/** Returns true if its connection has ended, whether that was heard or not: the program may take away the listener for it. */
	get hasEnded(): boolean {
		return this.isGone;
	}

	/** Reports whether the connection itself is in flight, while none of its units is. */
	get isInFlight(): boolean {
		return true;
	}

	/** Reports whether its protocol has a word for goodbye. Where it has none, ending the connection has to do. */
	get hasWord(): boolean {
		return true;
	}

	/** Reports whether a goodbye would reach it now. */
	get isReachable(): boolean {
		return true;
	}

	/** The signs of life of its connection. Where there are none it is waited for, once told, until it ends by itself. */
	get signs(): SignsOfLife | undefined {
		return undefined;
	}

	/** Returns true if what it sends after the goodbye may be meant, so that it should not be cut. */
	get maySend(): boolean {
		return true;
	}

	/**
	 * Reports whether it may be told now. Asked right after a poll, only while no unit of it is in flight, and only when its
	 * share of the time has passed.
	 */
	isReady(_patience: Patience): boolean {
		return true;
	}

	/** Called when goodbyes begin; its own share of the time has passed at `dueAt`. */
	leave(_dueAt: number): void {}

	/** Says goodbye, behind all that was written before. It may take its time. */
	abstract goodbye(): unknown;

	/** Ends the connection now. */
	abstract cut(): void;
}

const peers = new WeakMap<object, Peer>();

/** Makes the peer known by what the program knows it by. */
export function introduce(connection: object, peer: Peer): void {
	peers.set(connection, peer);
}

/**
 * Begins a unit of work of the peer that the program knows as `connection`. Returns what ends it; once more is nothing.
 * @throws {TypeError} where it is no connection of anything that is served
 */
export function beginUnit(connection: unknown, what: string): () => void {
	if (typeof what !== "string" || what === "") {
		throw new TypeError(`enter: wanted a non-empty string that says with what, got ${quote(what)}`);
	}
	// A `Socket` of Socket.IO is one of the namespaces on its connection.
	const peer = peerOf(connection) ?? peerOf((connection as { conn?: unknown } | undefined)?.conn);
	if (peer === undefined) {
		throw new TypeError(
			`enter: "${what}": wanted a connection of a server that is served, or an upgraded one, got ${quote(connection)}`,
		);
	}
	const unit = { what, startedAt: performance.now() };
	peer.units.add(unit);
	if (peer.isGone) peer.whenWorkChanges();
	return () => {
		if (!peer.units.delete(unit) || peer.units.size > 0) return;
		if (peer.isGone) peer.whenWorkChanges();
		// Right after the last response, so that the two travel together: a client that reads the one has the other.
		else if (peer.hasWord) peer.whenReady();
	};
}

/** Returns true if a unit of work is in flight on this connection of a peer. */
export function hasUnits(connection: unknown): boolean {
	return (peerOf(connection)?.units.size ?? 0) > 0;
}

function peerOf(connection: unknown): Peer | undefined {
	return typeof connection === "object" && connection !== null ? peers.get(connection) : undefined;
}
