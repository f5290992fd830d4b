import type { ServiceOptions } from "lastcall";
import { TestService } from "lastcall/testing";
import type { ServiceEvent } from "#src/core/events.js";
import type { ServiceState } from "#src/core/service-state.js";
import type { RootService } from "#src/service/root-service.js";
import { settled } from "./fake-clock.ts";
import { FakeServer } from "./fake-server.ts";

/** The test kit's service, with the internals that only the core's tests may use. */
export class WatchedService extends TestService {
	declare readonly service: RootService;

	get state(): ServiceState {
		return this.service.state;
	}

	/** The events of one type, in order. */
	readonly emitted = <T extends ServiceEvent["type"]>(type: T): Extract<ServiceEvent, { type: T }>[] =>
		this.events.filter((event): event is Extract<ServiceEvent, { type: T }> => event.type === type);

	/** The types of all events, in order. */
	readonly types = (): string[] => this.events.map(({ type }) => type);

	/** Adds a server that the test controls. */
	readonly serve = (name: string): FakeServer => {
		const server = new FakeServer(name, this.clock);
		this.state.servers.add(server);
		return server;
	};
}

/**
 * A service that has been running for a moment, so that events before the stop have another time. Its grace period is a round
 * number.
 */
export async function runningService(options: ServiceOptions = {}): Promise<WatchedService> {
	const watched = new WatchedService({ gracePeriodMs: 10_000, ...options });
	await watched.service.start();
	await watched.clock.advance(1);
	return watched;
}

/** Resolves when everything is drained, and closing has begun. */
export async function closing(service: { readonly phase: string }): Promise<void> {
	while (service.phase !== "closing") await settled();
}
