import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { ListeningSocket } from "./listening-port.ts";
import { parseProcNetTcp, type TcpListener } from "./proc-net-tcp.ts";
import { parseProcStat } from "./proc-stat.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";

/** Linux: what `/proc` tells. A process that ends while it is read is left out, and so is what may not be read. */
export const linuxTable: ProcessTable = {
	// Hundreds of files of a few bytes each: without the thread pool they are read in a tenth of the time.
	read: async () => readAll(),
	readSync: readAll,
	isLiving: (entry) => readEntry(String(entry.pid))?.startedAt === entry.startedAt,
	hasInEnvironment: ({ pid }, text) => quietly(() => readFileSync(`/proc/${pid}/environ`).includes(text)) ?? false,
	commandOf({ pid }) {
		const commandLine = quietly(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? "";
		const name = quietly(() => readFileSync(`/proc/${pid}/comm`, "utf8")) ?? "";
		return commandLine.replaceAll("\0", " ").trim() || `[${name.trim()}]`;
	},
	listening,
};

function readAll(): ProcessEntry[] {
	const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
	return pids.map(readEntry).filter((entry) => entry !== undefined);
}

function readEntry(pid: string): ProcessEntry | undefined {
	return quietly(() => parseProcStat(readFileSync(`/proc/${pid}/stat`, "latin1")));
}

async function listening(pids: readonly number[]): Promise<ListeningSocket[]> {
	const sockets: ListeningSocket[] = [];
	const tables = new Map<string, Promise<Map<string, TcpListener>>>();
	for (const pid of pids) {
		const inodes = socketInodes(pid);
		if (inodes.length === 0) continue;
		// A process may have a network of its own: its own table tells.
		const network = quietly(() => readlinkSync(`/proc/${pid}/ns/net`)) ?? String(pid);
		const table = tables.get(network) ?? readListeners(pid);
		tables.set(network, table);
		const listeners = await table;
		for (const inode of inodes) {
			const listener = listeners.get(inode);
			if (listener) sockets.push({ address: listener.address, port: listener.port, pid });
		}
	}
	return sockets;
}

/** In the order of their descriptors, which is mostly that in which they were opened. */
function socketInodes(pid: number): string[] {
	const folder = `/proc/${pid}/fd`;
	const descriptors = (quietly(() => readdirSync(folder)) ?? []).sort((a, b) => Number(a) - Number(b));
	return descriptors.flatMap((descriptor) => {
		const link = quietly(() => readlinkSync(`${folder}/${descriptor}`)) ?? "";
		return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [];
	});
}

async function readListeners(pid: number): Promise<Map<string, TcpListener>> {
	const texts = await Promise.all(
		// There is no tcp6 where IPv6 is switched off.
		["tcp", "tcp6"].map((name) => readFile(`/proc/${pid}/net/${name}`, "latin1").catch(() => "")),
	);
	return new Map(texts.flatMap((text) => parseProcNetTcp(text)).map((listener) => [listener.inode, listener]));
}

/** Processes come and go, and some are other people's: no file here is sure to be there or readable. */
function quietly<T>(read: () => T): T | undefined {
	try {
		return read();
	} catch {
		return undefined;
	}
}
