import type { IncomingMessage } from "node:http";

/** The parts of a request that show where it comes from. */
export type Origin = Pick<IncomingMessage, "headers" | "httpVersion"> & {
	readonly socket: { readonly remoteAddress?: string | undefined };
};

/** The headers by which proxies and tunnels describe their client. */
const FORWARDED = /^(forwarded|via|x-forwarded-.+|.+-(real|client|connecting)-ip)$/;

/**
 * Returns true if a request was made on this machine: `curl localhost:9090/statusz`, also through `kubectl exec`, `kubectl port-forward`
 * or an SSH tunnel. A loopback address alone does not show that. These requests have one too:
 *
 * - Requests through a proxy on this machine. Most proxies add a header about the client. nginx (1.22) does not by default, but it then
 *   uses HTTP/1.0.
 * - Requests of a page in a browser on this machine, if the name of the page's server was made to point here (DNS rebinding). `Host`
 *   still has that name.
 */
export function isFromThisMachine({ headers, httpVersion, socket }: Origin): boolean {
	return (
		isLoopback(socket.remoteAddress) &&
		httpVersion !== "1.0" &&
		isLoopbackName(headers.host) &&
		!Object.keys(headers).some((name) => FORWARDED.test(name))
	);
}

function isLoopback(address: string | undefined): boolean {
	// A Unix socket has no address, and neither has a socket that is closed.
	return address === undefined || /^(::ffff:)?127\.|^::1$/.test(address);
}

function isLoopbackName(host = ""): boolean {
	return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
}
