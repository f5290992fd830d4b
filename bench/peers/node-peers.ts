import { fileURLToPath } from "node:url";
import type { Peer } from "./peer.ts";

function nodePeer(name: string, program: string, npm?: string): Peer {
	const command = [process.execPath, fileURLToPath(new URL(`./node/${program}.js`, import.meta.url))];
	return { name, ...(npm === undefined ? undefined : { npm }), launch: () => ({ command }) };
}

/** Node.js servers, alone and with shutdown libraries. */
export const NODE_PEERS: readonly Peer[] = [
	nodePeer("Node, no handler", "no-handler"),
	nodePeer("Node, `server.close()`", "close"),
	nodePeer("Express, `server.close()`", "express", "express"),
	nodePeer("Fastify, `app.close()`", "fastify", "fastify"),
	nodePeer("Fastify + close-with-grace", "close-with-grace", "close-with-grace"),
	nodePeer("http-terminator", "http-terminator", "http-terminator"),
	nodePeer("stoppable", "stoppable", "stoppable"),
	nodePeer("http-graceful-shutdown", "http-graceful-shutdown", "http-graceful-shutdown"),
	nodePeer("@godaddy/terminus", "terminus", "@godaddy/terminus"),
	nodePeer("**lastcall**", "lastcall", "lastcall"),
];
