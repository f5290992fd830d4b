import type { ListeningSocket } from "./listening-port.ts";

/** Returns the arguments of `lsof` for an output that `parseLsof` reads. */
export function lsofArguments(pids: readonly number[]): string[] {
	return ["-nP", "-a", "-p", pids.join(","), "-iTCP", "-sTCP:LISTEN", "-Fpn"];
}

/** Reads the output of `lsof -Fpn`: a line per field, the pid before the names of its sockets. */
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
