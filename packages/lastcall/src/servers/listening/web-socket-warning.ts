import type { Warning } from "../../core/warning.ts";
import type { RequestInFlight } from "./request-name.ts";

/**
 * Warns of WebSockets whose server the program has not registered. Nothing sends their clients a close frame, so they hold the
 * shutdown until the deadline.
 */
export function warnOfWebSockets(
	name: string,
	inFlight: readonly RequestInFlight[],
	warn: (warning: Warning) => void,
): void {
	const count = inFlight.filter(({ isUnregisteredWebSocket }) => isUnregisteredWebSocket).length;
	if (count === 0) return;
	const webSockets = count === 1 ? "1 WebSocket is" : `${count} WebSockets are`;
	warn({
		code: "web-socket",
		message: `"${name}": ${webSockets} waited for until the deadline, because the WebSocket server is not registered. Register it: service.serve("chat", webSocketServer), or each socket of a proxy: service.upgraded("chat", socket)`,
	});
}
