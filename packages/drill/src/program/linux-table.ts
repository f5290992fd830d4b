import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { ListeningSocket } from "./listening-port.ts";
import { parseProcNetTcp, type TcpListener } from "./proc-net-tcp.ts";
import { parseProcStat } from "./proc-stat.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";

/** The table of Linux, from `/proc`. A process that ends while it is read is left out, and so is what may not be read. */
export const LINUX_TABLE: ProcessTable = {
	// Hundreds of files of a few bytes each: reading them synchronously takes a tenth of the time.
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
		// A process may have its own network namespace, and with it its own table.
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

/** Returns the inodes in the order of their descriptors, mostly that in which they were opened. */
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
		// Without IPv6 there is no tcp6.
		["tcp", "tcp6"].map((name) => readFile(`/proc/${pid}/net/${name}`, "latin1").catch(() => "")),
	);
	return new Map(texts.flatMap((text) => parseProcNetTcp(text)).map((listener) => [listener.inode, listener]));
}

/** Returns undefined if `read` throws: processes come and go, and those of other users may not be readable. */
function quietly<T>(read: () => T): T | undefined {
	try {
		return read();
	} catch {
		return undefined;
	}
}
