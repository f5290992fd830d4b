import type { ListenOptions } from "node:net";
import type { Duplex } from "node:stream";
import { runWithin } from "../core/awaited-stop.ts";
import { checkFunction, checkMilliseconds, checkName } from "../core/check-options.ts";
import { every } from "../core/every.ts";
import { addIntake, closeFirst } from "../core/intake.ts";
import type { Resource } from "../core/resource.ts";
import { runTask } from "../core/run-task.ts";
import type { ServiceState } from "../core/service-state.ts";
import type { Path } from "../core/start-order.ts";
import { type Usable, watchResource } from "../resources/resource-kinds.ts";
import { listen } from "../servers/listen.ts";
import type { NameRequest } from "../servers/listening/request-name.ts";
import { DrainSignals, type ResponseLike } from "../servers/peers/drain-signals.ts";
import { beginUnit } from "../servers/peers/peer.ts";
import type { ProtocolOptions } from "../servers/peers/protocol-options.ts";
import type { ClosingMessage } from "../servers/peers/socket-peer.ts";
import { checkSocket, UpgradedSockets } from "../servers/peers/upgraded-sockets.ts";
import { detectKind, detectListeningKind, type ListeningServer, type Servable } from "../servers/server-kinds.ts";
import type { Group } from "./group.ts";
import { Serving } from "./serving.ts";
import type { Done } from "./work-registry.ts";

/** The implementation of `Group`, on the state of the service. */
export class ServiceGroup implements Group {
	readonly state: ServiceState;
	/** The prefix of all names that are registered here. */
	readonly #prefix: string;
	readonly #path: Path;
	/** All groups of a service share these three. The last two have what drains and belongs to no server. */
	protected readonly serving: Serving;
	readonly #upgraded: UpgradedSockets;
	readonly #drainSignals: DrainSignals;

	/** @param within the enclosing group, with the prefix and the path of this one; for the outermost group, how requests are named */
	constructor(
		state: ServiceState,
		within: { readonly group: ServiceGroup; readonly prefix: string; readonly path: Path } | NameRequest,
	) {
		this.state = state;
		if (typeof within === "function") {
			this.#prefix = "";
			this.#path = [];
			const upgraded = new UpgradedSockets();
			this.#upgraded = upgraded;
			this.serving = new Serving(state, {
				nameRequest: within,
				takeWebSocket: (webSocket) => upgraded.addWebSocket(webSocket),
			});
			this.#drainSignals = new DrainSignals(() => state.drainSignal.reason);
			state.unnamedDrainables.push(this.#upgraded, this.#drainSignals);
		} else {
			this.#prefix = within.prefix;
			this.#path = within.path;
			this.serving = within.group.serving;
			this.#upgraded = within.group.#upgraded;
			this.#drainSignals = within.group.#drainSignals;
		}
	}

	get drainSignal(): AbortSignal {
		return this.state.drainSignal;
	}

	get hardStopSignal(): AbortSignal {
		return this.state.hardStopSignal;
	}

	async listen<S extends ListeningServer>(
		name: string,
		server: S,
		where: ListenOptions | number,
		protocol?: ProtocolOptions,
	): Promise<S> {
		const fullName = this.#fullName(name);
		const kind = detectListeningKind(fullName, server, protocol);
		this.state.throwIfStopping(`"${fullName}" does not listen`);
		await listen(fullName, server, where);
		if (!this.state.lifecycle.isBefore("draining")) server.close();
		// No connection can have come yet: that takes a turn of the event loop, and this is still the turn of `listening`.
		this.serving.serve(fullName, server, kind, protocol);
		return server;
	}

	serve<S extends Servable>(name: string, server: S, protocol?: ProtocolOptions): S {
		const fullName = this.#fullName(name);
		this.serving.serve(fullName, server, detectKind(fullName, server, protocol), protocol);
		return server;
	}

	upgraded<S extends Duplex>(name: string, socket: S, closingMessage?: ClosingMessage<S>): S {
		const fullName = this.#fullName(name);
		checkSocket(fullName, socket);
		if (closingMessage !== undefined) checkFunction(`"${fullName}": closingMessage`, closingMessage);
		if (this.state.lifecycle.isBefore("closing"))
			this.#upgraded.add(fullName, socket, closingMessage as ClosingMessage<Duplex>);
		else socket.destroy();
		this.state.throwFrom("closing", `"${fullName}" came too late and was ended at once`);
		return socket;
	}

	drainSignalFor(response: ResponseLike): AbortSignal {
		return this.#drainSignals.signalFor(response);
	}

	use<R extends Usable>(name: string, resource: R): R {
		const fullName = this.#fullName(name);
		this.#close(fullName, watchResource(this.state, fullName, resource));
		return resource;
	}

	adopt<R>(name: string, resource: R, close: (resource: R) => unknown): R {
		checkFunction(`"${this.#fullName(name)}": close`, close);
		this.defer(name, () => close(resource));
		return resource;
	}

	defer(name: string, close: () => unknown): void {
		const fullName = this.#fullName(name);
		checkFunction(`"${fullName}": close`, close);
		this.#close(fullName, { close: () => runWithin(this.state.tasks, `the closer "${fullName}"`, close) });
	}

	task(name: string, work: (signal: AbortSignal) => unknown): void {
		const fullName = this.#fullName(name);
		checkFunction(`"${fullName}": work`, work);
		this.state.throwFrom("closing", `task "${fullName}" was not begun`);
		void runTask(this.state, fullName, work);
	}

	every(name: string, ms: number, work: (signal: AbortSignal) => unknown): void {
		const fullName = this.#fullName(name);
		const pauseMs = checkMilliseconds(`"${fullName}": ms`, ms, 1);
		checkFunction(`"${fullName}": work`, work);
		this.state.throwFrom("draining", `"${fullName}" was not begun`);
		every(this.state, fullName, pauseMs, work);
	}

	intake<R>(name: string, resource: R, stop?: (resource: R, signal: AbortSignal) => unknown): R {
		const { state } = this;
		const fullName = this.#fullName(name);
		if (stop !== undefined) checkFunction(`"${fullName}": stop`, stop);
		if (stop !== undefined) addIntake(state, fullName, (signal) => stop(resource, signal));
		else this.#close(fullName, closeFirst(state, fullName, watchResource(state, fullName, resource, " without stop")));
		return resource;
	}

	enter(by: string | object, what = "work"): Done {
		const done = typeof by === "object" && by !== null ? beginUnit(by, what) : this.#enter(this.#fullName(by), what);
		return Object.assign(() => done(), { [Symbol.dispose]: done });
	}

	#enter(fullName: string, what: string): () => void {
		this.state.throwFrom("closing", `"${fullName}" was not entered`);
		return this.state.tasks.enter(fullName, what);
	}

	async group<T>(name: string, start: (group: Group) => T): Promise<Awaited<T>> {
		const fullName = this.#fullName(name);
		checkFunction(`"${fullName}": start`, start);
		this.state.throwIfStopping(`group "${fullName}" was not begun`);
		const { closers, tasks } = this.state;
		const path = closers.beginGroup(this.#path);
		const started = tasks.enter(fullName, "starting");
		try {
			const group = new ServiceGroup(this.state, { group: this, prefix: `${fullName}/`, path });
			return await runWithin(this.state.tasks, `group "${fullName}"`, () => start(group));
		} finally {
			closers.endGroup(path);
			started();
		}
	}

	#close(fullName: string, resource: Resource): void {
		const { closers, lifecycle } = this.state;
		if (lifecycle.isBefore("closed") && closers.push(fullName, resource, this.#path)) return;
		const isClosed = closers.closeLate(fullName, resource);
		this.state.throwIfStopping(`"${fullName}" came too late and was ${isClosed ? "closed at once" : "not closed"}`);
	}

	/** Returns the name with those of the groups that it is in. */
	#fullName(name: unknown): string {
		return this.#prefix + checkName(name);
	}
}
