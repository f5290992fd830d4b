/** A server that has HTTP/1.1 connections, of which Node.js knows the idle ones. */
interface HasIdleConnections {
	closeIdleConnections?: () => void;
}

/**
 * Keeps `close()` of a served server from ending its idle connections: Node.js's calls `closeIdleConnections()` first, and
 * requests that are on their way to them are lost. Node.js itself closes the servers of a cluster worker that is asked to
 * disconnect; programs and frameworks do it at the stop. Such connections are ended by the drain, after their linger. It
 * shadows the method on this one server. Returns a function that takes the shadow away.
 */
export function keepIdleConnections(server: HasIdleConnections): () => void {
	const own = Object.getOwnPropertyDescriptor(server, "closeIdleConnections");
	if (server.closeIdleConnections === undefined || own?.configurable === false) return () => {};
	const shadow = (): void => {};
	Object.defineProperty(server, "closeIdleConnections", { value: shadow, writable: true, configurable: true });
	return () => {
		if (server.closeIdleConnections !== shadow) return;
		if (own === undefined) delete server.closeIdleConnections;
		else Object.defineProperty(server, "closeIdleConnections", own);
	};
}
