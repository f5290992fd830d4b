import type { IncomingMessage, ServerResponse } from "node:http";
import { type Health, isProbe, type Probe, probe } from "./probes.ts";

/**
 * Responds to the probes of a `node:http` server, and of frameworks that pass on its requests (Express, Connect, Fastify's `raw`).
 * @param next called for a request that is not a probe; without it, such a request gets a 404
 */
export type HealthHandler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;

/** Responds to the probes in frameworks that use `Request` and `Response`, such as Hono. A request that is not a probe gets a 404. */
export type HealthFetch = (request: Request) => Promise<Response>;

interface ProbeResponse {
	readonly statusCode: number;
	readonly headers: Record<string, string>;
	readonly body: string;
}

const HEADERS = { "Content-Type": "application/json", "Cache-Control": "no-store" } as const;
const NOT_FOUND: ProbeResponse = { statusCode: 404, headers: HEADERS, body: '{"error":"not found"}\n' };
const NOT_ALLOWED: ProbeResponse = {
	statusCode: 405,
	headers: { ...HEADERS, Allow: "GET, HEAD" },
	body: '{"error":"method not allowed"}\n',
};

export function createHandler(health: Health): HealthHandler {
	return (request, response, next) => {
		const path = (request.url ?? "").split("?", 1)[0] ?? "";
		if (!isProbe(path)) {
			if (next === undefined) send(response, NOT_FOUND);
			else next();
			return;
		}
		void respond(request.method, path, health).then((probed) => send(response, probed));
	};
}

export function createFetch(health: Health): HealthFetch {
	return async ({ method, url }) => {
		const { pathname } = new URL(url);
		const { statusCode, headers, body } = isProbe(pathname) ? await respond(method, pathname, health) : NOT_FOUND;
		return new Response(method === "HEAD" ? null : body, { status: statusCode, headers });
	};
}

async function respond(method: string | undefined, path: Probe, health: Health): Promise<ProbeResponse> {
	if (method !== "GET" && method !== "HEAD") return NOT_ALLOWED;
	return { ...(await probe(path, health)), headers: HEADERS };
}

/** To a HEAD request, Node.js sends the length of the body without the body. */
function send(response: ServerResponse, { statusCode, headers, body }: ProbeResponse): void {
	// The program may have responded while the checks ran, because of a time limit of its own.
	if (response.headersSent) return;
	response.writeHead(statusCode, { ...headers, "Content-Length": Buffer.byteLength(body) }).end(body);
}
