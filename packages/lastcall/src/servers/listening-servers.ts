import { subscribe } from "node:diagnostics_channel";
import type { Server } from "node:net";
import { listCallers } from "../core/caller.ts";
import { Pruner } from "../core/pruner.ts";

// Every server of Node.js in this thread that listens, from the import of this package on. Nothing is patched: Node.js tells it on
// diagnostics channels. They are documented, and experimental. Bun and Deno have no such channels, and so no such servers.

const listening = new Set<WeakRef<Server>>();
/** One for each server, as a server may close and listen again and again. */
const refs = new WeakMap<Server, WeakRef<Server>>();
const places = new WeakMap<Server, string>();
const watchers = new Set<() => void>();
const pruner = new Pruner(listening, (ref) => {
	if (ref.deref()?.listening !== true) listening.delete(ref);
});

subscribe("tracing:net.server.listen:asyncStart", function begins(message) {
	const place = findPlace(begins);
	if (place !== undefined) places.set((message as { server: Server }).server, place);
});

subscribe("tracing:net.server.listen:asyncEnd", (message) => addListening((message as { server: Server }).server));

/** Adds a server that listens, if it began to before the import of this package. */
export function addListening(server: Server): void {
	const ref = refs.get(server) ?? new WeakRef(server);
	refs.set(server, ref);
	pruner.pruneSome();
	listening.add(ref);
	for (const watcher of watchers) watcher();
}

/** Returns the servers that listen now. */
export function listeningServers(): Server[] {
	return [...listening].map((ref) => ref.deref()).filter((server) => server?.listening === true) as Server[];
}

/** Returns the place where `server.listen()` was called: in the program's own code, if that is on the stack. */
export function placeOfListening(server: Server): string | undefined {
	return places.get(server);
}

/** Calls `watcher` each time a server begins to listen, until the returned function is called. */
export function onListening(watcher: () => void): () => void {
	watchers.add(watcher);
	return () => void watchers.delete(watcher);
}

function findPlace(called: (...args: never[]) => unknown): string | undefined {
	const callers = listCallers(called).filter(({ place }) => !place.startsWith("node:"));
	const own = callers.find(({ place }) => !/[\\/]node_modules[\\/]/.test(place));
	// Without the column.
	return (own ?? callers[0])?.place.replace(/:\d+$/, "");
}
