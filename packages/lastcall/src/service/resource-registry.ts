import type { Usable } from "../resources/resource-kinds.ts";

/** Registers resources, which are closed after the drain, the newest first. Part of `Group`. */
export interface ResourceRegistry {
	/**
	 * Closes `resource` after the drain, with its `Symbol.asyncDispose` or `Symbol.dispose`. Returns the resource.
	 *
	 * Resources are closed in the reverse order of their registration, one after another. Each has a share of the time that is
	 * left, so one that hangs does not use up the time of the others. For resources that can be closed at the same time, see
	 * `group`. For what fetches work, see `intake`.
	 *
	 * These kinds of Node.js are closed gracefully, and by force at the deadline:
	 *
	 * - A **child process** gets a request to stop, and then SIGKILL at the deadline. The request is a message if the
	 *   child calls `run` and has an IPC channel (`fork`), and SIGTERM otherwise. A child that has already received the
	 *   terminal's Ctrl+C gets neither. If the child leads a process group (`detached: true`, not on Windows), the rest of
	 *   the group is ended after it. An exit code other than 0, 143 (SIGTERM), or 128 + n of the signal that stops this program is a
	 *   failure, and so is a shutdown of the child that left work behind. A child that fails while the service is running
	 *   stops the service. If `process.exit()` is called early, the child gets its request to stop, without being waited for.
	 *   For a child that does one job, use `task` and await its `exit`.
	 * - A **worker thread** that calls `run` shuts down like a program. Any other is terminated. An error in it while the service
	 *   is running stops the service.
	 * - **`cluster`**, in the primary: all workers are closed side by side, like child processes, and those under `run` close
	 *   their listeners together. Your program replaces workers that end while the service is running.
	 * - A **stream** is ended, and destroyed when everything written has arrived. One that is only readable is destroyed.
	 * - An **`http.Agent`** or a **dispatcher** of undici closes its idle connections at once, and the others after their
	 *   requests.
	 * @throws {TypeError} if `resource` is none of these
	 * @throws {StoppedError} once the service is closed: the resource was closed at once
	 * @example
	 * ```ts
	 * import { fork } from "node:child_process";
	 *
	 * const child = service.use("thumbnails", fork("./thumbnails.js"));
	 * ```
	 */
	use<R extends Usable>(name: string, resource: R): R;
	/**
	 * Closes `resource` after the drain by calling `close(resource)`, and waits for what that returns. Returns the resource.
	 *
	 * Use it for a connection pool, a client or a cache. Resources are closed in the reverse order of their registration, one after
	 * another, each within a share of the time that is left. What `close` throws is a failure in the report; the other resources are
	 * closed all the same. A resource with `Symbol.asyncDispose`, a child process or a stream can be given to `use`, without `close`.
	 * For what fetches work, such as a consumer of a queue, use `intake`.
	 * @throws {TypeError} if `close` is not a function
	 * @throws {StoppedError} once the service is closed: the resource was closed at once
	 * @example
	 * ```ts
	 * import { Pool } from "pg";
	 *
	 * const pool = service.adopt("postgres", new Pool(), (pool) => pool.end());
	 * ```
	 */
	adopt<R>(name: string, resource: R, close: (resource: R) => unknown): R;
	/**
	 * Calls `close` after the drain, and waits for what it returns.
	 *
	 * Use it for work that has to be done last, such as sending the last metrics. Closers run in the reverse order of their
	 * registration, one after another, each within a share of the time that is left. What `close` throws is a failure in the report;
	 * the other closers run all the same. `service.reason` says why the service stops.
	 * @throws {TypeError} if `close` is not a function
	 * @throws {StoppedError} once the service is closed: `close` was called at once
	 * @example
	 * ```ts
	 * service.defer("metrics", async () => {
	 * 	await fetch("https://metrics.test/flush", { method: "POST" });
	 * });
	 * ```
	 */
	defer(name: string, close: () => unknown): void;
}
