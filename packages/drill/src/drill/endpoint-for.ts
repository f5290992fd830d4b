import type { Endpoint } from "../load/running-load.ts";
import type { DrillOptions } from "../options/drill-options.ts";

/** Returns where the loads go for a URL, and what they ask for. */
export function endpointFor(url: URL, options: DrillOptions): Endpoint {
	const { method, header, body, ca, insecure } = options;
	const isTls = url.protocol === "https:";
	return {
		host: url.hostname.replace(/^\[|\]$/g, ""),
		port: Number(url.port) || (isTls ? 443 : 80),
		path: `${url.pathname}${url.search}`,
		headers: header,
		...(method === undefined ? undefined : { method }),
		...(body === undefined ? undefined : { body }),
		...(isTls ? { tls: { insecure, ...(ca === undefined ? undefined : { ca }) } } : undefined),
	};
}
