import { connect } from "node:net";
import { isSelfConnected } from "./is-self-connected.ts";

/** How a connect ended. `failed` is any other end: a reset, an address that this machine does not have. */
export type ConnectResult = "accepted" | "refused" | "unanswered" | "failed";

export interface ConnectPlace {
	readonly host: string;
	readonly port: number;
	/** The port of this side. */
	readonly localPort?: number;
}

const TIMEOUT_MS = 1_000;

/** Connects, and closes at once. Never rejects. */
export function tryConnect(place: ConnectPlace): Promise<ConnectResult> {
	return new Promise((resolve) => {
		const socket = connect(place);
		const settle = (result: ConnectResult): void => {
			clearTimeout(timer);
			socket.destroy();
			resolve(result);
		};
		const timer = setTimeout(() => settle("unanswered"), TIMEOUT_MS);
		socket.once("connect", () => {
			settle(isSelfConnected(socket, place.port) ? "refused" : "accepted");
		});
		socket.on("error", ({ code }: NodeJS.ErrnoException) => settle(code === "ECONNREFUSED" ? "refused" : "failed"));
	});
}
