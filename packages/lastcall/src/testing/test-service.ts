import { constants } from "node:os";
import { quote } from "../core/check-options.ts";
import type { ServiceEvent } from "../core/events.ts";
import type { ShutdownReport } from "../core/report.ts";
import type { ServiceState } from "../core/service-state.ts";
import { plainLines } from "../observe/plain-lines.ts";
import type { HostedService } from "../service/hosted-service.ts";
import { RootService } from "../service/root-service.ts";
import type { Service } from "../service/service.ts";
import type { ServiceOptions } from "../service/service-options.ts";
import { FakeClock } from "./fake-clock.ts";

/**
 * A service for a test. The test moves its clock and sends its signals, and the process goes on after its shutdown.
 *
 * Its servers are real, and drain in real time. All other times pass only by `clock.advance()`: the lame duck, the grace period,
 * the pauses of `every`. Use `startService` to create and start one in one step.
 * @example
 * ```ts
 * import { TestService } from "lastcall/testing";
 *
 * const test = new TestService({ gracePeriodMs: 25_000 });
 * await test.service.start(main);
 * test.sendSignal("SIGTERM");
 * const { ok } = await test.closed;
 * ```
 */
export class TestService {
	/** The clock of the service. */
	readonly clock: FakeClock = new FakeClock();
	/** The service itself. */
	readonly service: HostedService;
	/** The events of the service, in order. */
	readonly events: ServiceEvent[] = [];
	/** The lines of its log. */
	readonly log: string[] = [];
	readonly #state: ServiceState;

	/** @param options the options of `createService`; `log` has no effect */
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
	 * Does what `run` does at a signal. No signal is sent to the process.
	 *
	 * The first one begins the shutdown. A SIGINT (or SIGBREAK) 500 ms or more after the stop reason, on `clock`, is a hard stop;
	 * a SIGTERM or SIGHUP is only logged. A signal within 500 ms does nothing.
	 * @throws {TypeError} if `signal` is not the name of a signal
	 * @example
	 * ```ts
	 * test.sendSignal("SIGTERM");
	 * await test.clock.advance(1_000);
	 * test.sendSignal("SIGINT"); // hard stop
	 * ```
	 */
	sendSignal(signal: NodeJS.Signals): void {
		const number = constants.signals[signal];
		if (number === undefined) throw new TypeError(`signal: wanted the name of a signal, got ${quote(signal)}`);
		this.#state.handleSignal({ kind: "signal", signal, number, interactive: false });
	}
}

/**
 * Starts a service for a test, with the `main` that the program passes to `run`. Resolves when `main` has ended.
 * @throws what `main` throws
 * @example
 * ```ts
 * import { assertFinished, startService } from "lastcall/testing";
 *
 * const test = await startService(main);
 * test.sendSignal("SIGTERM");
 * assertFinished(await test.closed);
 * ```
 */
export async function startService(
	main?: (service: Service) => unknown,
	options: ServiceOptions = {},
): Promise<TestService> {
	const test = new TestService(options);
	await test.service.start(main);
	return test;
}
