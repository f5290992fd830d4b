import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that Linux and macOS give to clients: a port that is free for a moment, between two replicas, stays free. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** Free ports of the loopback, for servers that can't listen on port 0. */
export async function freePorts(count: number): Promise<number[]> {
	const ports = new Set<number>();
	while (ports.size < count) {
		const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
		if (await isFree(port)) ports.add(port);
	}
	return [...ports];
}

async function isFree(port: number): Promise<boolean> {
	const server = createServer();
	try {
		await once(server.listen(port, "127.0.0.1"), "listening");
		return true;
	} catch {
		return false;
	} finally {
		server.close();
	}
}
