import type { EventEmitter } from "node:events";
import type { Clock } from "../core/clock.ts";

/**
 * How long a program may take to make a server listen again. The example in the Node.js manual waits 1 s (`net`, `EADDRINUSE`).
 */
const LISTEN_AGAIN_MS = 2_000;

/**
 * Calls `failed` with each error that the server itself meets, until the returned function is called. Where the program listens
 * for errors too, an error is left to the program if the server is listening 2 s after the last one: it may have taken the next
 * port.
 */
export function onServerError(server: object, clock: Clock, failed: (error: Error) => void): () => void {
	const emitter = server as Partial<EventEmitter> & { readonly listening?: boolean };
	let cancel = (): void => {};
	const onError = (error: Error): void => {
		cancel();
		const isOnlyListener = emitter.listenerCount?.("error") === 1 || emitter.listening === undefined;
		if (isOnlyListener) failed(error);
		else cancel = clock.after(LISTEN_AGAIN_MS, () => void (emitter.listening === true || failed(error)));
	};
	// A server of `Deno.serve` emits nothing.
	if ("finished" in server) void (server.finished as Promise<void>).catch(failed);
	// Prepended: a listener of the program that is called once is still counted then.
	emitter.prependListener?.("error", onError);
	return () => {
		cancel();
		emitter.removeListener?.("error", onError);
	};
}
