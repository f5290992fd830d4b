import { connect, isIP, type Socket, type TcpNetConnectOpts } from "node:net";
import { createSecureContext, connect as tlsConnect } from "node:tls";

/** Where to connect. */
export interface Origin {
	readonly host: string;
	readonly port: number;
	readonly tls?: TlsTrust;
}

/** Which certificates to trust. */
export interface TlsTrust {
	/** PEM of the certificate authority to trust in place of the system's. */
	readonly ca?: string;
	/**
	 * Accepts any certificate.
	 * @default false
	 */
	readonly insecure?: boolean;
}

/** Opens one socket to the origin that it was made for: over TLS, it is open with `secureConnect`, else with `connect`. */
export type OpenSocket = (onread?: TcpNetConnectOpts["onread"]) => Socket;

/**
 * Returns the function that opens sockets to `origin`. Over TLS they offer `protocol`. They stay half-open after a FIN: the
 * caller decides what follows. Throws what `tls.createSecureContext` throws for a bad `ca`.
 */
export function socketOpener(origin: Origin, protocol: "http/1.1" | "h2"): OpenSocket {
	const { host, port, tls } = origin;
	const plain = { host, port, noDelay: true, allowHalfOpen: true };
	if (!tls) return (onread) => connect({ ...plain, onread });
	const secure = {
		...plain,
		secureContext: createSecureContext(tls.ca === undefined ? {} : { ca: tls.ca }),
		rejectUnauthorized: !tls.insecure,
		ALPNProtocols: [protocol],
		// Unlike `https`, `tls` sends no server name by default. An IP address must not be sent as one.
		...(isIP(host) === 0 ? { servername: host } : undefined),
	};
	return (onread) => {
		// The types of `tls` leave `onread` out.
		const options = { ...secure, onread };
		return tlsConnect(options);
	};
}
