/** The servers of Node.js that services drain. */
interface ServedServers {
	/** How many drains each one has. */
	readonly drains: WeakMap<object, number>;
	/** What gives up the drain of a server, where that yields to another one. Missing in older copies of this package. */
	yielding?: WeakMap<object, () => void>;
}

/** Shared by all copies of this package in the process. */
const KEY = Symbol.for("lastcall.served-servers");

/**
 * Notes that `server` will be drained. A drain that yields is given up before that. Returns a function that takes this back; its second
 * call does nothing.
 */
export function claimServer(server: object): () => void {
	const giveUp = yielding().get(server);
	yielding().delete(server);
	giveUp?.();
	const { drains } = servedServers();
	drains.set(server, countClaims(server) + 1);
	let isClaimed = true;
	return () => {
		if (isClaimed) drains.set(server, countClaims(server) - 1);
		isClaimed = false;
	};
}

/**
 * The drain that `server` has yields to the next one: `giveUp` is called then, before that one does anything to the server. Returns a
 * function that takes this back.
 */
export function yieldServer(server: object, giveUp: () => void): () => void {
	yielding().set(server, giveUp);
	return () => {
		if (yielding().get(server) === giveUp) yielding().delete(server);
	};
}

/** Returns how many drains `server` has: 0 if no service drains it. */
export function countClaims(server: object): number {
	return servedServers().drains.get(server) ?? 0;
}

function yielding(): WeakMap<object, () => void> {
	const shared = servedServers();
	shared.yielding ??= new WeakMap();
	return shared.yielding;
}

function servedServers(): ServedServers {
	const holder = globalThis as { [KEY]?: ServedServers };
	holder[KEY] ??= { drains: new WeakMap() };
	return holder[KEY];
}
