/** The servers of Node.js that services drain. */
interface ServedServers {
	/** How many drains each one has. */
	readonly drains: WeakMap<object, number>;
}

/** Shared by all copies of this package in the process. */
const KEY = Symbol.for("lastcall.served-servers");

/** Notes that `server` will be drained. Returns a function that takes this back; its second call does nothing. */
export function claimServer(server: object): () => void {
	const { drains } = servedServers();
	drains.set(server, countClaims(server) + 1);
	let isClaimed = true;
	return () => {
		if (isClaimed) drains.set(server, countClaims(server) - 1);
		isClaimed = false;
	};
}

/** Returns how many drains `server` has: 0 if no service drains it. */
export function countClaims(server: object): number {
	return servedServers().drains.get(server) ?? 0;
}

function servedServers(): ServedServers {
	const holder = globalThis as { [KEY]?: ServedServers };
	holder[KEY] ??= { drains: new WeakMap() };
	return holder[KEY];
}
