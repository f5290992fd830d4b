import type { IncomingMessage, ServerResponse } from "node:http";
import { type Health, isProbe, type Probe, probe } from "./probes.ts";

/**
 * Answers the probes of a `node:http` server, and of all that hand its requests on (Express, Connect, Fastify's `raw`).
 * What is no probe is handed to `next`, or is 404 where there is none.
 */
export type HealthHandler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;

/** The same for frameworks that speak `Request` and `Response` (Hono, …). What is no probe is 404. */
export type HealthFetch = (request: Request) => Promise<Response>;

interface Answer {
	readonly statusCode: number;
	readonly headers: Record<string, string>;
	readonly body: string;
}

const HEADERS = { "Content-Type": "application/json", "Cache-Control": "no-store" } as const;
const NOT_FOUND: Answer = { statusCode: 404, headers: HEADERS, body: '{"error":"not found"}\n' };
const NOT_ALLOWED: Answer = {
	statusCode: 405,
	headers: { ...HEADERS, Allow: "GET, HEAD" },
	body: '{"error":"method not allowed"}\n',
};

export function handlerOf(health: Health): HealthHandler {
	return (request, response, next) => {
		const path = (request.url ?? "").split("?", 1)[0] ?? "";
		if (!isProbe(path)) {
			if (next === undefined) send(response, NOT_FOUND);
			else next();
			return;
		}
		void answer(request.method, path, health).then((answered) => send(response, answered));
	};
}

export function fetchOf(health: Health): HealthFetch {
	return async ({ method, url }) => {
		const { pathname } = new URL(url);
		const { statusCode, headers, body } = isProbe(pathname) ? await answer(method, pathname, health) : NOT_FOUND;
		return new Response(method === "HEAD" ? null : body, { status: statusCode, headers });
	};
}

async function answer(method: string | undefined, path: Probe, health: Health): Promise<Answer> {
	if (method !== "GET" && method !== "HEAD") return NOT_ALLOWED;
	return { ...(await probe(path, health)), headers: HEADERS };
}

/** To HEAD, Node.js sends no body, and the length that it would have had. */
function send(response: ServerResponse, { statusCode, headers, body }: Answer): void {
	// Somebody may have answered while the checks ran: a time limit of the program's own.
	if (response.headersSent) return;
	response.writeHead(statusCode, { ...headers, "Content-Length": Buffer.byteLength(body) }).end(body);
}
