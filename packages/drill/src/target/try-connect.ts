import { connect } from "node:net";

/** What became of a connect. `failed` is everything else: a reset, an address that this machine does not have. */
export type ConnectResult = "accepted" | "refused" | "unanswered" | "failed";

export interface ConnectPlace {
	readonly host: string;
	readonly port: number;
	/** Of this side. */
	readonly localPort?: number;
}

const timeoutMs = 1_000;

/** Connects, and leaves at once. Never rejects. */
export function tryConnect(place: ConnectPlace): Promise<ConnectResult> {
	return new Promise((resolve) => {
		const socket = connect(place);
		const settle = (result: ConnectResult): void => {
			clearTimeout(timer);
			socket.destroy();
			resolve(result);
		};
		const timer = setTimeout(() => settle("unanswered"), timeoutMs);
		socket.once("connect", () => {
			// TCP connects a socket to itself where the system happens to choose the very port for this side that
			// nobody listens on.
			const isOurself = socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;
			settle(isOurself ? "refused" : "accepted");
		});
		socket.on("error", ({ code }: NodeJS.ErrnoException) => settle(code === "ECONNREFUSED" ? "refused" : "failed"));
	});
}
