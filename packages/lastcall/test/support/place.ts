import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** What a client needs to connect to a server: a port of the loopback, or the path of a Unix socket. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** Where a server of a kind listens. */
export interface Place {
	/** Appended to the name of the kind; empty for the loopback. */
	readonly suffix: string;
	/** The argument of `listen`. */
	readonly free: (t: TestContext) => Address;
	/** The address that clients connect to. */
	readonly addressOf: (server: Server) => Address;
	/** The name of a connection's client while in flight, as a pattern. */
	readonly client: string;
}

/** A free port of the loopback. */
export const loopback: Place = {
	suffix: "",
	free: () => ({ host: "127.0.0.1", port: 0 }),
	addressOf: (server) => ({ host: "127.0.0.1", port: (server.address() as AddressInfo).port }),
	client: "127\\.0\\.0\\.1:\\d+",
};

/** A Unix socket; on Windows a named pipe. */
export const unixSocket: Place = {
	suffix: ", Unix socket",
	free: (t) => ({ path: freePath(t) }),
	addressOf: (server) => ({ path: server.address() as string }),
	client: "a client without an address",
};

let pipes = 0;

/** A path that a server may listen on. It is removed after the test. */
export function freePath(t: TestContext): string {
	if (process.platform === "win32") return `\\\\.\\pipe\\lastcall-test-${process.pid}-${++pipes}`;
	const folder = mkdtempSync(join(tmpdir(), "lastcall-"));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	return join(folder, "server.sock");
}

/** Returns true if this error code of a client means that its connection was refused: nothing was sent. */
export function isRefused(code: string | undefined): boolean {
	return code === "ECONNREFUSED" || code === "ENOENT";
}
