import { connect, isIP, type Socket, type TcpNetConnectOpts } from "node:net";
import { createSecureContext, connect as tlsConnect } from "node:tls";

/** Where to connect. */
export interface Origin {
	readonly host: string;
	readonly port: number;
	readonly tls?: TlsTrust;
}

/** How to trust a TLS target. */
export interface TlsTrust {
	/** PEM of the authority to trust instead of the system's. */
	readonly ca?: string;
	/**
	 * Accepts any certificate.
	 * @default false
	 */
	readonly insecure?: boolean;
}

/** Opens one socket to the target it was made for: over TLS, it is open with `secureConnect`, else with `connect`. */
export type OpenSocket = (options?: Pick<TcpNetConnectOpts, "onread">) => Socket;

/**
 * Makes the function that opens sockets to `target`, which offer `protocol` where they speak TLS. What a FIN means for
 * this side is the caller's decision. Throws what `tls.createSecureContext` throws for a bad `ca`.
 */
export function socketOpener(origin: Origin, protocol: "http/1.1" | "h2"): OpenSocket {
	const { host, port, tls } = origin;
	const plain = { host, port, noDelay: true, allowHalfOpen: true };
	if (!tls) return (options) => connect({ ...plain, ...options });
	const secure = {
		...plain,
		secureContext: createSecureContext(tls.ca === undefined ? {} : { ca: tls.ca }),
		rejectUnauthorized: !tls.insecure,
		ALPNProtocols: [protocol],
		// Unlike `https`, `tls` names no server by itself, and an address may not be named.
		...(isIP(host) === 0 ? { servername: host } : undefined),
	};
	return (options) => tlsConnect({ ...secure, ...options });
}
