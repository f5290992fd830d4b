import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { AbandonedRequests } from "../listening/abandoned-requests.ts";
import { isReconnecting } from "../responses/event-stream.ts";
import { toRequestInFlight } from "./exchange.ts";
import type { Http1Connection } from "./http1-connection.ts";

/** Adds the requests of a closed connection whose client has gone: their handlers may be in the middle of their work. */
export function abandonExchanges({ socket, exchanges }: Http1Connection, abandoned: AbandonedRequests): void {
	if (!hasClientGone(socket)) return;
	for (const exchange of exchanges) {
		const { request, response } = exchange;
		const { method, headers } = request;
		// These handlers end no response without a client: one only sends events, the other leaves it to a stream.
		if (isReconnecting({ method, headers, response }) || isPipedInto(response)) continue;
		abandoned.add(request, response, toRequestInFlight(exchange));
	}
}

/** Returns true if the client has closed or reset the closed socket. A handler that has destroyed it has no more to do. */
function hasClientGone({ readableEnded, errored }: Socket): boolean {
	return readableEnded || (errored !== null && "syscall" in errored);
}

function isPipedInto(response: ServerResponse): boolean {
	return response.listenerCount("unpipe") > 0;
}
