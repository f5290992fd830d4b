import type { Server } from "node:net";
import { isHttpServer } from "./http1/http-server.ts";
import { isHttp2Server } from "./http2/http2-server.ts";

/** The schemes of a server's address without and with TLS, as in `https://127.0.0.1:8443`. */
export type Schemes = readonly [plain: string, tls: string];

const HTTP_SCHEMES: Schemes = ["http", "https"];
const OWN_PROTOCOL_SCHEMES: Schemes = ["tcp", "tls"];

/** The addresses that stand for all addresses of the machine. No client can connect to them on every platform. */
const WILDCARDS: readonly string[] = ["::", "0.0.0.0"];

/** Returns the scheme of a server's address. */
export function schemeOf(server: Server, schemes?: Schemes): string {
	const isHttp = isHttpServer(server) || isHttp2Server(server);
	const [plain, tls] = schemes ?? (isHttp ? HTTP_SCHEMES : OWN_PROTOCOL_SCHEMES);
	return "setSecureContext" in server ? tls : plain;
}

/**
 * Returns the address of a server that listens as a client on this machine would write it: a URL, or the path of its socket. A
 * server that listens on all addresses has the host `localhost`.
 */
export function describeAddress(server: Server, schemes?: Schemes): string {
	const address = server.address();
	if (address === null || typeof address === "string") return String(address);
	return `${schemeOf(server, schemes)}://${describeHost(address.address)}:${address.port}`;
}

/** Returns a host as URLs have it. */
export function describeHost(host: string): string {
	if (WILDCARDS.includes(host)) return "localhost";
	return host.includes(":") ? `[${host}]` : host;
}
