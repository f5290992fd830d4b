import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { markExpected } from "../core/expected-error.ts";
import { tryGet } from "../core/try-get.ts";
import { describeHost } from "./address.ts";

/** The fields of an error that a server emits if it cannot listen. */
interface ListenError extends Error {
	readonly code?: unknown;
	/** `listen`, `getaddrinfo`, or `bind` in a cluster worker. */
	readonly syscall?: unknown;
	/** An IP address or the path of a socket. Missing for a file descriptor, and in a cluster worker. */
	readonly address?: unknown;
	/** -1 for a path. Missing if it is 0. */
	readonly port?: unknown;
	readonly hostname?: unknown;
}

/** What is wrong, and what to do about it. */
type Explanation = readonly [cause: string, fix: string];

/** Unix allows programs without privileges the ports from here on. */
const FIRST_UNPRIVILEGED_PORT = 1024;

/** The longest path of a Unix socket, in bytes: `sun_path` without its last zero. It is shorter on macOS. */
const LONGEST_PATH = process.platform === "linux" ? 107 : 103;

/**
 * Rewrites the message of an error with which a server could not listen, so that it says in one line what is wrong and what to do.
 * Other errors stay as they are. Returns the error, which is the server's own: its code and its fields are kept.
 * @param name the name that the server is registered under
 */
export function explainListenError(name: string, error: Error): Error {
	// The program may emit anything as an error of its server: a frozen object, or a `Proxy` that throws.
	tryGet(() => {
		const message = describe(name, error);
		if (message === undefined) return;
		error.message = message;
		markExpected(error);
	});
	return error;
}

function describe(name: string, error: ListenError): string | undefined {
	const { code, syscall } = error;
	if (code === "ERR_SERVER_ALREADY_LISTEN") {
		return `"${name}" listens already: pass it to service.serve(), or leave its own listen() out`;
	}
	if (syscall !== "listen" && syscall !== "bind" && syscall !== "getaddrinfo") return undefined;
	const explanation = explain(error);
	if (explanation === undefined) return undefined;
	const [cause, fix] = explanation;
	return `"${name}" cannot listen on ${describeTarget(error)}: ${cause} (${String(code)}); ${fix}`;
}

function describeTarget(error: ListenError): string {
	const { address, port, hostname } = error;
	if (typeof hostname === "string") return hostname;
	if (isPath(error)) return String(address);
	const host = typeof address === "string" ? describeHost(address) : "localhost";
	if (typeof port !== "number") return host;
	return host === "localhost" ? `port ${port}` : `${host}:${port}`;
}

function isPath({ address, port }: ListenError): boolean {
	return typeof address === "string" && port === -1;
}

function explain(error: ListenError): Explanation | undefined {
	switch (error.code) {
		case "EADDRINUSE":
			return isPath(error) ? explainPathInUse() : explainPortInUse(error);
		case "EACCES":
			return isPath(error) ? explainPathDenied(String(error.address)) : explainPortDenied(error);
		case "ENOENT":
			return isPath(error) ? explainPathDenied(String(error.address)) : undefined;
		case "ENOTDIR":
			return ["a part of its folder is a file", "choose another path"];
		case "EINVAL":
		case "ENAMETOOLONG":
			if (!isPath(error) || Buffer.byteLength(String(error.address)) <= LONGEST_PATH) return undefined;
			return [`the path is longer than ${LONGEST_PATH} bytes`, "choose a shorter path"];
		case "EADDRNOTAVAIL":
			return ["this machine has no such address", 'choose one of its own, or "0.0.0.0" for all'];
		case "EAFNOSUPPORT":
			return ["this machine has no such kind of address", 'choose "0.0.0.0" for all IPv4 addresses'];
		case "ENOTFOUND":
			return ["the host name is unknown", 'choose an address of this machine, or "0.0.0.0" for all'];
		case "EAI_AGAIN":
			return ["the host name could not be looked up", 'check the DNS, or choose an address such as "0.0.0.0"'];
		default:
			return undefined;
	}
}

function explainPortInUse({ port }: ListenError): Explanation {
	const command = process.platform === "win32" ? "netstat -ano" : `lsof -i :${typeof port === "number" ? port : "…"}`;
	return ["it is already in use", `end the process that uses it ("${command}" shows it), or choose another port`];
}

function explainPathInUse(): Explanation {
	return [
		"it is already in use",
		"end the process that listens on it; if there is none, remove the file, which an earlier process has left",
	];
}

function explainPortDenied({ port }: ListenError): Explanation {
	const isPrivileged = typeof port === "number" && port < FIRST_UNPRIVILEGED_PORT;
	return isPrivileged
		? [`ports below ${FIRST_UNPRIVILEGED_PORT} need a privilege`, "choose a higher port, or grant CAP_NET_BIND_SERVICE"]
		: ["permission denied", "choose another port"];
}

/** libuv turns ENOENT into EACCES for the paths of sockets. */
function explainPathDenied(path: string): Explanation {
	const folder = dirname(path);
	return existsSync(folder)
		? ["permission denied", `allow this user to write to ${folder}, or choose another path`]
		: ["its folder does not exist", `create ${folder} first`];
}
