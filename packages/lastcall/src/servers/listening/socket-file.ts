import { linkSync, renameSync, statSync, unlinkSync } from "node:fs";
import type { Server } from "node:net";

/** The file of a Unix socket that a server listens on. */
interface SocketFile {
	readonly path: string;
	/** Identifies the file itself, whatever its path. */
	readonly id: string;
}

const files = new WeakMap<Server, SocketFile>();

/**
 * Remembers the file that `server` listens on. To be called as soon as it listens. Does nothing where it listens on a port, an
 * abstract socket or a Windows pipe.
 */
export function rememberSocketFile(server: Server): void {
	const path = server.listening ? server.address() : null;
	if (typeof path !== "string" || process.platform === "win32") return;
	const id = readFileId(path);
	if (id !== undefined) files.set(server, { path, id });
}

/**
 * Closes a listener by `close`, and keeps the socket file of a successor. When a listener is closed, libuv removes whatever is
 * at its path. That may be the file of another server by then, which has replaced this one.
 *
 * So the successor's file gets a second name while the listener is closed. For some microseconds it has only that name: clients
 * that connect then are refused, and have sent nothing.
 * @param close must close the listener before it returns
 */
export function closeBesideSuccessor(server: Server, close: () => void): void {
	const ours = files.get(server);
	const id = ours === undefined ? undefined : readFileId(ours.path);
	const putBack = ours === undefined || id === undefined || id === ours.id ? undefined : setAside(ours.path);
	close();
	putBack?.();
}

function readFileId(path: string): string | undefined {
	try {
		const { dev, ino } = statSync(path, { bigint: true });
		return `${dev}:${ino}`;
	} catch {
		// The file was removed.
		return undefined;
	}
}

/**
 * Gives the file at `path` a second name. Returns a function that gives it its name back, or `undefined` if that can't be done.
 */
function setAside(path: string): (() => void) | undefined {
	const aside = `${path}.${process.pid}`;
	// Some file systems and some owners of files allow no second name. Then the file is renamed, and has no name of its own in
	// between.
	const [keep, putBack] = attempt(() => linkSync(path, aside))
		? [true, () => linkSync(aside, path)]
		: [attempt(() => renameSync(path, aside)), () => renameSync(aside, path)];
	if (!keep) return undefined;
	return () => {
		// Fails if the name was not removed, or if another successor has it already.
		attempt(putBack);
		attempt(() => unlinkSync(aside));
	};
}

/** Returns true if `action` succeeds. */
function attempt(action: () => void): boolean {
	try {
		action();
		return true;
	} catch {
		return false;
	}
}
