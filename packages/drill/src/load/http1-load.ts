import type { RawConnection } from "../wire/raw-connection.ts";
import type { OutgoingRequest } from "../wire/request-queue.ts";
import { type Http1Options, http1 } from "./http1-requests.ts";
import type { LoadClient, LoadControl } from "./load-client.ts";
import { LoadRun } from "./load-run.ts";
import type { ClientOptions } from "./run-options.ts";
import type { Endpoint } from "./running-load.ts";

/** What makes a load of HTTP/1.1 clients the one it is. */
export interface Http1LoadOptions extends Http1Options, Omit<ClientOptions<RawConnection>, "create"> {
	readonly name: string;
	/** `request` makes the next request, with an id of its own. */
	client(request: () => OutgoingRequest, load: LoadControl<RawConnection>): LoadClient<RawConnection>;
}

/** Starts a load. Throws a `TypeError` or `RangeError` for an endpoint or a number that can't be used. */
export function http1Load(endpoint: Endpoint, options: Http1LoadOptions): LoadRun<RawConnection> {
	const { open, request } = http1(endpoint, options);
	const create = (load: LoadControl<RawConnection>) => options.client(() => request(load.nextId()), load);
	return new LoadRun(endpoint, { name: options.name, open, clients: { ...options, create } });
}
