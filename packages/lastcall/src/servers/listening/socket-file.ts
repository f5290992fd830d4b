import { linkSync, renameSync, statSync, unlinkSync } from "node:fs";
import type { Server } from "node:net";

/** The file of a Unix socket that a server listens on. */
interface SocketFile {
	readonly path: string;
	/** The file itself, whatever it is called. */
	readonly id: string;
}

const files = new WeakMap<Server, SocketFile>();

/** To be called as soon as `server` listens. Does nothing where it listens on a port, an abstract socket or a Windows pipe. */
export function rememberSocketFile(server: Server): void {
	const path = server.listening ? server.address() : null;
	if (typeof path !== "string" || process.platform === "win32") return;
	const id = idOf(path);
	if (id !== undefined) files.set(server, { path, id });
}

/**
 * Closes a listener by `close`, and leaves the socket file of another server where it is. Node.js (libuv) removes whatever
 * has the path that was listened on, in the moment in which the listener is closed: also the file by which a successor
 * is reached that has replaced ours meanwhile.
 *
 * The successor's file has a second name during that moment. For some microseconds it has only that one: clients that
 * connect then are refused, and nothing was sent.
 * @param close must close the listener before it returns
 */
export function closeBesideSuccessor(server: Server, close: () => void): void {
	const ours = files.get(server);
	const id = ours === undefined ? undefined : idOf(ours.path);
	const putBack = ours === undefined || id === undefined || id === ours.id ? undefined : setAside(ours.path);
	close();
	putBack?.();
}

function idOf(path: string): string | undefined {
	try {
		const { dev, ino } = statSync(path, { bigint: true });
		return `${dev}:${ino}`;
	} catch {
		// It was removed, or is no file at all.
		return undefined;
	}
}

/** Keeps what is at `path` from being removed with that name. Returns what gives it its name back, or `undefined` if it can't be kept. */
function setAside(path: string): (() => void) | undefined {
	const aside = `${path}.${process.pid}`;
	// Not every file system, nor every owner of the file, allows a second name. Then it has none in between.
	const [keep, putBack] = attempt(() => linkSync(path, aside))
		? [true, () => linkSync(aside, path)]
		: [attempt(() => renameSync(path, aside)), () => renameSync(aside, path)];
	if (!keep) return undefined;
	return () => {
		// It fails where the name was not removed, or another successor has it already.
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
