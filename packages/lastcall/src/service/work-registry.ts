import type { Usable } from "../resources/resource-kinds.ts";

/** What `service.enter` returns. Call it when the unit of work has ended, or let `using` dispose of it. */
export interface Done extends Disposable {
	/** Ends the unit of work. A second call does nothing. */
	(): void;
}

/** Registers the program's own work and what fetches it. Both are waited for at shutdown. Part of `Group`. */
export interface WorkRegistry {
	/**
	 * Runs `work` and counts it as in flight until it has ended.
	 *
	 * Use it for background work: a consumer of a queue, a job. `signal` is `service.drainSignal`: work that could go on for ever
	 * ends itself when that aborts. An error stops the service, except that of the aborted signal. A task that begins while
	 * draining is waited for too.
	 * @throws {TypeError} if `work` is not a function
	 * @throws {StoppedError} from the start of closing on: `work` was not called
	 * @example
	 * ```ts
	 * service.task("orders", async (signal) => {
	 * 	for (;;) {
	 * 		const order = await queue.receive({ signal });
	 * 		await handle(order);
	 * 	}
	 * });
	 * ```
	 */
	task(name: string, work: (signal: AbortSignal) => unknown): void;
	/**
	 * Runs `work` again and again: first after `ms` milliseconds, then `ms` after the end of each run, so that runs never overlap.
	 *
	 * Each run is a task: it is waited for at shutdown, and an error stops the service. No run begins once draining has begun.
	 * Until then the repetition keeps the process running, as a server does.
	 * @param ms milliseconds between runs, from 1 to 2147483647
	 * @throws {TypeError} if `ms` is not a number, or `work` is not a function
	 * @throws {RangeError} if `ms` is out of range
	 * @throws {StoppedError} from the start of draining on: `work` will never be called
	 * @example
	 * ```ts
	 * service.every("clean up", 60_000, (signal) => deleteExpiredSessions({ signal }));
	 * ```
	 */
	every(name: string, ms: number, work: (signal: AbortSignal) => unknown): void;
	/**
	 * Calls `stop(resource, signal)` when draining begins, so that `resource` takes no more work. Returns the resource.
	 *
	 * Use it for what fetches work and calls your handlers: a consumer of a queue, a scheduler, a bot. `stop` should resolve when
	 * the work that was taken is finished. It is in flight until then, and resources are closed after that, so the handlers can
	 * still use them. `adopt` and `use` close a resource after the drain, and it would take work until then.
	 *
	 * What `stop` throws is a failure in the report. At the hard stop it is no longer waited for, and the report has it in `left`.
	 * `signal` is `service.hardStopSignal`: if the library has a forced stop, call that when it aborts. An intake does not keep
	 * the process running, and the lame duck does not stop it. If draining has begun, `stop` is called at once; otherwise all
	 * intakes are stopped side by side, right before `drainSignal` aborts.
	 * @throws {TypeError} if `stop` is not a function
	 * @throws {StoppedError} from the start of closing on: `stop` was called, and is not waited for
	 * @example
	 * ```ts
	 * import { Worker } from "bullmq";
	 *
	 * const worker = new Worker("orders", (job) => translate(job.data));
	 * service.intake("orders", worker, (worker) => worker.close());
	 * ```
	 */
	intake<R>(name: string, resource: R, stop: (resource: R, signal: AbortSignal) => unknown): R;
	/**
	 * Begins to close `resource` when draining begins, in the way of `use`. Returns the resource.
	 *
	 * Use it for a child process, `cluster` or a worker thread that fetches work by itself: `use` asks it to stop after the drain
	 * of this program, and it would take work until then. If work in flight here still needs it, register it with `use`.
	 *
	 * It is in flight until it has ended. After a hard stop it has the time of a closer, and is ended by force at the deadline.
	 * @throws {TypeError} if `use` does not know the kind of `resource`
	 * @throws {StoppedError} once the service is closed: the resource was closed at once
	 * @example
	 * ```ts
	 * import { fork } from "node:child_process";
	 *
	 * const child = service.intake("consumer", fork("./consumer.js"));
	 * ```
	 */
	intake<R extends Usable>(name: string, resource: R): R;
	/**
	 * Counts a unit of work as in flight until the returned function is called, or disposed of by `using`.
	 *
	 * Use it for work that arrives one by one: a message, a job. The caller must end it whether the work succeeds or fails. Work that
	 * was accepted earlier can still enter while draining.
	 * @param what distinguishes it from others of the same name, in the log and the report: `message 17`. Default: `work`
	 * @throws {StoppedError} from the start of closing on: the work would not be waited for
	 * @example
	 * ```ts
	 * queue.on("message", async (message) => {
	 * 	const done = service.enter("orders", `message ${message.id}`);
	 * 	try {
	 * 		await handle(message);
	 * 	} finally {
	 * 		done();
	 * 	}
	 * });
	 * ```
	 */
	enter(name: string, what?: string): Done;
	/**
	 * Counts a unit of work on a long-lived connection as in flight until the returned function is called, or disposed of by `using`.
	 * The connection gets no closing message before that.
	 *
	 * Use it for each message of a WebSocket or of a protocol of your own that needs a response. The caller must end it whether the work
	 * succeeds or fails. In the log and the report, the work has the name of the connection's server.
	 * @param connection a `WebSocket` of `ws`, a `Socket` of Socket.IO, a socket of a registered `node:net` or `node:tls`
	 * server, or a socket registered with `upgraded`
	 * @throws {TypeError} if `connection` is none of these
	 * @example
	 * ```ts
	 * import { WebSocketServer } from "ws";
	 *
	 * const chat = service.serve("chat", new WebSocketServer({ server }));
	 * chat.on("connection", (webSocket) => {
	 * 	webSocket.on("message", async (message) => {
	 * 		using done = service.enter(webSocket, "message");
	 * 		webSocket.send(await translate(message));
	 * 	});
	 * });
	 * ```
	 */
	enter(connection: object, what?: string): Done;
}
