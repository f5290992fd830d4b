import type { Server } from "node:net";
import { markExpected } from "../core/expected-error.ts";
import type { Failure } from "../core/stop-reason.ts";
import { tryGet } from "../core/try-get.ts";
import type { Warning } from "../core/warning.ts";
import { describeAddress, schemeOf } from "../servers/address.ts";
import { countClaims } from "../servers/listening/served-servers.ts";
import { listeningServers, onListening, placeOfListening } from "../servers/listening-servers.ts";

/** What the runs of this process share. */
interface Shared {
	/** The runs that have not ended. */
	readonly runs: Set<object>;
	/** The servers that one of them has warned of. */
	readonly warned: WeakSet<Server>;
}

/** Shared by all copies of this package in the process. */
const KEY = Symbol.for("lastcall.unregistered-servers");

/**
 * The servers of this thread that listen and that no service drains. A program that has moved to lastcall half-way has one: its
 * requests are cut at the stop.
 *
 * Not counted are servers that do not keep the process running (`server.unref()`): the program has said that it does not wait for them.
 */
export class UnregisteredServers {
	#warn: ((warning: Warning) => void) | undefined;
	#ignore: (() => void) | undefined;
	#isDue = false;

	constructor() {
		shared().runs.add(this);
	}

	/** Warns of those that listen already, and of each that begins to. */
	warnOf(warn: (warning: Warning) => void): void {
		this.#warn = warn;
		this.#ignore = onListening(this.#lookSoon);
		this.#lookSoon();
	}

	/**
	 * Ends the warnings. Returns a failure for each server that still listens, if this is the last run of the process: until then,
	 * the server may belong to another run.
	 */
	leave(): Failure[] {
		this.#warn = undefined;
		this.#ignore?.();
		const { runs } = shared();
		runs.delete(this);
		return runs.size > 0 ? [] : findUnregistered().map(toFailure);
	}

	/** A server that is registered in the turn in which it begins to listen needs no warning. */
	readonly #lookSoon = (): void => {
		if (this.#isDue) return;
		this.#isDue = true;
		setImmediate(() => {
			this.#isDue = false;
			if (this.#warn === undefined) return;
			const { warned } = shared();
			for (const server of findUnregistered().filter((server) => !warned.has(server))) {
				warned.add(server);
				this.#warn(toWarning(server));
			}
		});
	};
}

/**
 * A server that does not listen in this turn is left out, such as that of a cluster's primary: the primary gives the socket to
 * itself, and then the server has none.
 */
function findUnregistered(): Server[] {
	return listeningServers().filter((server) => countClaims(server) === 0 && !isUnreferenced(server));
}

function isUnreferenced(server: Server): boolean {
	return (server as { _unref?: unknown })._unref === true;
}

/** A server of the program may have an `address()` of its own, which may throw. */
function addressOf(server: Server): string {
	return tryGet(() => describeAddress(server)) ?? "an address that can't be shown";
}

function toWarning(server: Server): Warning {
	const place = placeOfListening(server);
	const message =
		`a server listens on ${addressOf(server)} that lastcall does not drain; ` +
		`its ${workOf(server)} will be cut: ${callFor(server)}${place === undefined ? "" : ` (it was started at ${place})`}`;
	return { code: "unregistered-server", message };
}

function toFailure(server: Server): Failure {
	const message =
		"lastcall did not drain this server, which was still listening when everything was closed: " +
		`${workOf(server)} that it had accepted are cut; register it: ${callFor(server)}`;
	return { name: addressOf(server), error: markExpected(new Error(message)) };
}

function callFor(server: Server): string {
	return `service.serve("${schemeOf(server)}", server)`;
}

function workOf(server: Server): string {
	return schemeOf(server).startsWith("http") ? "requests" : "connections";
}

function shared(): Shared {
	const holder = globalThis as { [KEY]?: Shared };
	holder[KEY] ??= { runs: new Set(), warned: new WeakSet() };
	return holder[KEY];
}
