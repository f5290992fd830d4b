/** A request that is in flight, as its client sent it. Its name is made only when it is needed. */
export interface RequestInFlight {
	/** Set where it is more than a request: `upgraded connection`. */
	readonly as?: string | undefined;
	readonly method?: string | undefined;
	/** The request target: a path with its query, the whole URL (to a proxy), the host and port of a CONNECT. */
	readonly target: string | undefined;
	readonly startedAt: number;
	readonly hasClientGone?: boolean | undefined;
}

/** Names a request, for the log and the report. */
export type NameRequest = (request: Omit<RequestInFlight, "startedAt">) => string;

/**
 * How a service names requests: `GET /orders/7`. A query string often holds a secret, such as the access token of a
 * WebSocket, which has no other place for it in a browser. A user and a password in a URL are never in the name.
 */
export function requestNames(showQueryStrings: boolean): NameRequest {
	return ({ as, method, target = "", hasClientGone }) => {
		const shown = withoutUser(showQueryStrings ? target : withoutQuery(target));
		if (method && shown && !as && !hasClientGone) return `${method} ${shown}`;
		return [as, method, shown, hasClientGone ? "(its client has gone)" : ""].filter(Boolean).join(" ");
	};
}

/** Without the fragment as well. Some clients send one, though RFC 9112, section 3.2, allows none. */
function withoutQuery(target: string): string {
	// A regular expression takes ten times as long for a path of many kilobytes.
	return before("#", before("?", target));
}

function before(mark: string, text: string): string {
	const at = text.indexOf(mark);
	return at === -1 ? text : text.slice(0, at);
}

/** In a URL, or in the authority of a CONNECT. An `@` in a path does not end a user. */
function withoutUser(target: string): string {
	return !target.includes("@") ? target : target.replace(/^((?:[^:/?#]*:)?\/\/)?[^/?#]*@/, "$1");
}
