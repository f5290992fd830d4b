import { constants } from "node:os";
import { quote } from "../core/check-options.ts";
import type { ServiceEvent } from "../core/events.ts";
import type { ShutdownReport } from "../core/report.ts";
import type { ServiceState } from "../core/service-state.ts";
import { plainLines } from "../observe/plain-lines.ts";
import { RootService } from "../service/root-service.ts";
import type { HostedService, Service, ServiceOptions } from "../service/service.ts";
import { FakeClock } from "./fake-clock.ts";

/**
 * A service for a test: on a clock that the test moves, told by signals that nobody else hears, in a process that goes
 * on. Servers are real, and drain in real time; the lame duck, the grace period, the pauses of `every` and what others of
 * its times there are pass only by `clock.advance()`.
 */
export class TestService {
	readonly clock: FakeClock = new FakeClock();
	readonly service: HostedService;
	/** Everything that it told, in order. */
	readonly events: ServiceEvent[] = [];
	/** Its log, line by line. */
	readonly log: string[] = [];
	readonly #state: ServiceState;

	/** @param options those of `createService`, of which `log` is without effect */
	constructor(options: ServiceOptions = {}) {
		const { name = "service" } = options;
		const write = plainLines(name, (line) => this.log.push(line));
		const service = new RootService(options, this.clock, (event, observed) => {
			this.events.push(event);
			write(event, observed);
		});
		this.service = service;
		this.#state = service.state;
	}

	/** Resolves to the report when the service is closed. Never rejects. */
	get closed(): Promise<ShutdownReport> {
		return this.service.closed;
	}

	/**
	 * Does what `run` does at a signal, without one. The first begins the shutdown. A SIGINT (or SIGBREAK) 200 ms or more after
	 * the stop reason, on `clock`, is a hard stop; a SIGTERM or SIGHUP is only logged. A signal within 200 ms does nothing.
	 * @throws {TypeError} for what is no signal
	 */
	sendSignal(signal: NodeJS.Signals): void {
		const number = constants.signals[signal];
		if (number === undefined) throw new TypeError(`signal: wanted the name of a signal, got ${quote(signal)}`);
		this.#state.hearSignal({ kind: "signal", signal, number, interactive: false });
	}
}

/**
 * Starts a service for a test, with the very `main` that the program gives to `run`.
 * @throws what `main` throws
 */
export async function startService(
	main?: (service: Service) => unknown,
	options: ServiceOptions = {},
): Promise<TestService> {
	const test = new TestService(options);
	await test.service.start(main);
	return test;
}
