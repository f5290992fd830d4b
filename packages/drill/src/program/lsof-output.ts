import type { ListeningSocket } from "./listening-port.ts";

/** What `lsof` is called with, so that `parseLsof` can read it. */
export function lsofArguments(pids: readonly number[]): string[] {
	return ["-nP", "-a", "-p", pids.join(","), "-iTCP", "-sTCP:LISTEN", "-Fpn"];
}

/** Reads what `lsof -Fpn` said: a line per field, the pid before the names of its sockets. */
export function parseLsof(text: string): ListeningSocket[] {
	const sockets: ListeningSocket[] = [];
	let pid = 0;
	for (const row of text.split("\n")) {
		if (row.startsWith("p")) pid = Number(row.slice(1));
		const [, address, port] = /^n\[?([^\]]*)\]?:(\d+)$/.exec(row) ?? [];
		if (address !== undefined) sockets.push({ address, port: Number(port), pid });
	}
	return sockets;
}
