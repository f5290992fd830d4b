import type { EventEmitter } from "node:events";
import type { Clock } from "../core/clock.ts";
import type { Servable } from "./server-kinds.ts";

/** So long a program may take to make a server listen again: Node.js' own example of it waits 1 s. */
const LISTEN_AGAIN_MS = 2_000;

/**
 * Calls `failed` with each error that the server itself meets, until the returned function is called. An error that the program
 * listens for too is the program's, as long as the server is listening 2 s after the last one: it may have taken the next port.
 */
export function onServerError(server: Servable, clock: Clock, failed: (error: Error) => void): () => void {
	const emitter = server as Partial<EventEmitter> & { readonly listening?: boolean };
	let cancel = (): void => {};
	const heard = (error: Error): void => {
		cancel();
		const isOurs = emitter.listenerCount?.("error") === 1 || emitter.listening === undefined;
		if (isOurs) failed(error);
		else cancel = clock.after(LISTEN_AGAIN_MS, () => void (emitter.listening === true || failed(error)));
	};
	if ("finished" in server) void server.finished.catch(failed);
	// Called first, when a listener that is called once is still there.
	emitter.prependListener?.("error", heard);
	return () => {
		cancel();
		emitter.removeListener?.("error", heard);
	};
}
