import type { TimeOptions } from "../core/time-options.ts";
import type { Log } from "../observe/reporter.ts";

/** The options of `createService`, and of `run` among others. */
export interface ServiceOptions extends TimeOptions {
	/**
	 * The name of the program in the log, in `/statusz` and as `service.name`.
	 * @default the `name` in the nearest `package.json` above the program's main module that has one; without any, the file name of
	 * the main module
	 */
	readonly name?: string | undefined;
	/** Begins the shutdown when it aborts: a way for the caller to stop the service. */
	readonly signal?: AbortSignal | undefined;
	/**
	 * Where the log goes: `"plain"` or `"json"` lines on standard error; a function that gets each line without its line end;
	 * a logger of your own; or `false` for no log.
	 * @default plain lines on standard error; on a terminal, also a block that shows what is in flight and the time left
	 */
	readonly log?: Log | undefined;
	/**
	 * Whether the names of requests include their query strings: in the log, the report, `service.inFlight()`, `/statusz` and the
	 * diagnostics channel. Query strings often contain secrets, such as access tokens. The user and the password of a URL are
	 * never shown.
	 * @default false
	 */
	readonly showQueryStrings?: boolean | undefined;
}

/** The names of the options of `createService`. */
export const SERVICE_OPTIONS: readonly (keyof ServiceOptions)[] = [
	"gracePeriodMs",
	"crashGracePeriodMs",
	"lameDuckMs",
	"lingerMs",
	"spreadMs",
	"closeReserveMs",
	"name",
	"signal",
	"log",
	"showQueryStrings",
];
