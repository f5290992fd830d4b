import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { type ConnectionKind, openIdle } from "../many/open-idle.ts";

/**
 * Bytes of the heap for one more idle connection that has had a request. Ends the program.
 *
 * @param program sends `{ port }`, and at each message `{ heapBytes }`
 * @param warm how many connections are opened before the ones that are measured: they fill the caches and pools of Node.js
 */
export async function heapOfConnection(
	program: ChildProcess,
	kind: ConnectionKind,
	{ warm, connections }: { readonly warm: number; readonly connections: number },
): Promise<number> {
	try {
		const [{ port }] = (await once(program, "message")) as [{ port: number }];
		const heap = async (): Promise<number> => {
			program.send("heap");
			const [{ heapBytes }] = (await once(program, "message")) as [{ heapBytes: number }];
			return heapBytes;
		};
		await openIdle(kind, port, warm);
		const before = await heap();
		await openIdle(kind, port, connections);
		return ((await heap()) - before) / connections;
	} finally {
		program.kill("SIGKILL");
		await once(program, "exit");
	}
}
