import type { ResourceRegistry } from "./resource-registry.ts";
import type { ServerRegistry } from "./server-registry.ts";
import type { WorkRegistry } from "./work-registry.ts";

/**
 * Where a part of a program registers what has to end well: servers, work and resources.
 *
 * Each is registered under a name, a non-empty string. The log and the report use it to say what is being waited for, and what
 * was left.
 */
export interface Group extends ServerRegistry, WorkRegistry, ResourceRegistry {
	/**
	 * Aborts when draining begins, with a `StoppedError` as its reason.
	 *
	 * Work that could go on for ever ends itself then. Work that will be done in time can ignore it.
	 * @example
	 * ```ts
	 * import { setTimeout } from "node:timers/promises";
	 *
	 * await setTimeout(60_000, undefined, { signal: service.drainSignal });
	 * ```
	 */
	readonly drainSignal: AbortSignal;
	/**
	 * Aborts at the hard stop, with a `StoppedError` as its reason: time has run out.
	 *
	 * Work that can be given up listens to it. Other work is no longer waited for.
	 * @example
	 * ```ts
	 * await fetch("https://shop.test/orders", { signal: service.hardStopSignal });
	 * ```
	 */
	readonly hardStopSignal: AbortSignal;
	/**
	 * Starts a part of the program by calling `start`. Resolves to what `start` returns.
	 *
	 * Use it for parts that can be started and closed at the same time. The resources within a group close in reverse order. Groups
	 * that were starting at the same time close at the same time. What begins after a group has started closes before the
	 * group does. So if one group needs another, await that one first, outside `start`.
	 *
	 * Names within the group have the group's name as a prefix: `orders/postgres`. The group is in flight until `start` has ended.
	 * What is registered with the group after that belongs to the enclosing group. If `start` fails, what it registered
	 * stays registered.
	 * @throws what `start` throws; that stops the service only if `main` does not catch it
	 * @throws {TypeError} if `start` is not a function
	 * @throws {StoppedError} from the stop reason on: `start` was not called
	 * @example
	 * ```ts
	 * import { Pool } from "pg";
	 *
	 * const [orders, users] = await Promise.all([
	 * 	service.group("orders", (group) => group.adopt("postgres", new Pool(), (pool) => pool.end())),
	 * 	service.group("users", (group) => group.adopt("postgres", new Pool(), (pool) => pool.end())),
	 * ]);
	 * ```
	 */
	group<T>(name: string, start: (group: Group) => T): Promise<Awaited<T>>;
}
