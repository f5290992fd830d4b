import { once } from "node:events";
import { connect } from "node:net";

/** Sends nonsense, and resolves when it has been refused: by then any request that was sent before has arrived. */
export async function arrived(port: number): Promise<void> {
	const socket = connect(port, "127.0.0.1").resume();
	socket.end("nonsense\r\n\r\n");
	await once(socket, "close");
}
