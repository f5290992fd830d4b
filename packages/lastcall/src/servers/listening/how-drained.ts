import type { Server } from "node:net";
import type { NameRequest } from "./request-name.ts";

/** What a drain needs of the service that it belongs to. */
export interface HowDrained {
	readonly nameRequest: NameRequest;
	/** Called when a server of Node.js listens: at once if it does already, and each time it begins to. */
	readonly listens: (server: Server) => void;
}
