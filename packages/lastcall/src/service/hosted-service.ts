import type { ShutdownReport } from "../core/report.ts";
import type { Service } from "./service.ts";

/** What `createService` returns: a service that its host starts and stops. */
export interface HostedService extends Service {
	/**
	 * Starts the service by calling `main`. Resolves when `main` has ended and the service is ready.
	 * @throws what `main` throws; everything that it acquired is then closed, and `closed` resolves after that
	 * @throws {StoppedError} if the service was stopped before: `main` was not called
	 * @example
	 * ```ts
	 * import { createServer } from "node:http";
	 * import { createService } from "lastcall";
	 *
	 * const service = createService();
	 * await service.start((service) => service.listen("http", createServer(handler), 8080));
	 * ```
	 */
	start(main?: (service: Service) => unknown): Promise<void>;
	/**
	 * Stops now: begins the shutdown if nothing has, drops what is in flight, and waits for no closer. Resolves to the
	 * report, and never rejects.
	 *
	 * Use it for a hard stop, such as a second Ctrl+C.
	 * @param why the reason for the log and the report; the name of a signal counts as that signal (`kind: "signal"`). Default: `stopped by
	 * the program`
	 * @example
	 * ```ts
	 * process.on("SIGINT", () => {
	 * 	if (hosted.reason === undefined) void hosted.stop("SIGINT");
	 * 	else void hosted.stopNow("SIGINT again");
	 * });
	 * ```
	 */
	stopNow(why?: string): Promise<ShutdownReport>;
	/** Resolves to the report when the service is closed. Never rejects. */
	readonly closed: Promise<ShutdownReport>;
}
