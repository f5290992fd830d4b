import type { Http2Session } from "node:http2";
import type { Socket } from "node:net";

/** Under which symbol a session has its real socket, once that is known. */
let key: symbol | undefined;

type Properties = Readonly<Record<symbol, unknown>>;

/**
 * Returns the real socket of a session that is not destroyed. `session.socket` is only a proxy for it, which throws for `destroy()`,
 * and for everything once the session is destroyed (`proxySocketHandler` in `lib/internal/http2/core.js`).
 *
 * The trick: the proxy binds other methods to the real socket, and `off()` returns what it is called on. Node.js makes the proxy when it is
 * asked for it, and keeps it. So only that of the first session is asked for: it shows under which symbol a session has its socket.
 */
export function socketOf(session: Http2Session): Socket {
	const found = key === undefined ? undefined : (session as unknown as Properties)[key];
	if (found !== undefined) return found as Socket;
	const socket = session.socket.off("close", none) as Socket;
	key = Object.getOwnPropertySymbols(session).find((symbol) => (session as unknown as Properties)[symbol] === socket);
	return socket;
}

function none(): void {}
