import type { IncomingMessage } from "node:http";

/** What is looked at of a request. */
export type Origin = Pick<IncomingMessage, "headers" | "httpVersion"> & {
	readonly socket: { readonly remoteAddress?: string | undefined };
};

/** What proxies and tunnels say about the client that they stand for. */
const FORWARDED = /^(forwarded|via|x-forwarded-.+|.+-(real|client|connecting)-ip)$/;

/**
 * Returns true for a request that somebody on this machine has made: `curl localhost:9090/statusz`, also through `kubectl exec`,
 * `kubectl port-forward` or an SSH tunnel. The address alone doesn't tell. It is that of this machine too
 *
 * - behind a proxy on it. Most say who the client is. nginx (1.22) doesn't unless it is told to, but speaks HTTP/1.0 by default;
 * - for a page in a browser on it, whose name has been made to point here (DNS rebinding). `Host` still is that name.
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
	// Without an address it is a Unix socket, or gone.
	return address === undefined || /^(::ffff:)?127\.|^::1$/.test(address);
}

function isLoopbackName(host = ""): boolean {
	return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
}
