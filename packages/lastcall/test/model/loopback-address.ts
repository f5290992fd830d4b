let taken = 0;

/**
 * Returns a loopback address that no other server of a model uses, in this process or in another one. A client that connects when its
 * server has closed would otherwise reach the next server that gets the same port, and its request would count there.
 *
 * Only Linux has more than one loopback address without configuration.
 */
export function loopbackAddress(): string {
	if (process.platform !== "linux") return "127.0.0.1";
	taken++;
	return `127.${1 + (process.pid % 250)}.${1 + (Math.floor(process.pid / 250) % 250)}.${1 + (taken % 250)}`;
}
