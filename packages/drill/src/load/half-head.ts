import type { RawConnection } from "../wire/raw-connection.ts";
import { type Http1Kind, http1Load } from "./http1-load.ts";
import type { LoadClient } from "./load-client.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** Options of `halfHead`. */
export interface HalfHeadOptions {
	/** @default 16 */
	readonly connections?: number;
	/**
	 * The pause before each byte.
	 * @default 100
	 */
	readonly everyMs?: number;
}

/** A load of connections whose heads never end. */
export interface HalfHeadLoad extends RunningLoad {
	/** How many heads were begun. None was ever a request, so that none is among the records or can be lost. */
	readonly headsBegun: number;
}

/**
 * Begins a request's head on each connection and goes on with a byte at a time, for ever. Steady once each has begun. A
 * server may answer 408: that is the end's `unaskedStatus`. No records, except of refused connections. Throws what
 * `LoadRun` throws.
 */
export function halfHead(endpoint: Endpoint, options: HalfHeadOptions = {}): HalfHeadLoad {
	const { connections = 16, everyMs = 100 } = options;
	const client: Http1Kind["client"] = (request, run) => {
		let drip: NodeJS.Timeout | undefined;
		const self: LoadClient<RawConnection> = {
			opened: (connection) => {
				load.headsBegun++;
				const head = request().head.slice(0, -"\r\n".length);
				connection.write(`${head}x-drip: `, () => run.reached(self));
				drip = setInterval(() => connection.write("x"), everyMs);
			},
			closed: () => clearInterval(drip),
		};
		return self;
	};
	const run = http1Load(endpoint, { name: "half-head", connections, repeats: false, steadyOnAnswer: false, client });
	const load = Object.assign(run, { headsBegun: 0 });
	return load;
}
