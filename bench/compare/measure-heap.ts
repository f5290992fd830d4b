import { spawn } from "node:child_process";
import { once } from "node:events";
import { openIdle } from "../many/measure-shutdown.ts";
import { peerCommand, peerEnv } from "./launcher.ts";
import type { Subject } from "./subjects.ts";

const WARM = 100;
const CONNECTIONS = 2_000;

/** Bytes of the heap for one more idle connection that has had a request. */
export async function measureHeap(subject: Subject, folder: string): Promise<number> {
	const [file = "", ...args] = peerCommand(subject, folder, ["--expose-gc"]);
	const child = spawn(file, args, {
		env: peerEnv("http", { MEASURE: "heap", KEEP_ALIVE_MS: "600000" }),
		stdio: ["ignore", "ignore", "inherit", "ipc"],
	});
	try {
		const [{ port }] = (await once(child, "message")) as [{ port: number }];
		const heap = async (): Promise<number> => {
			child.send("heap");
			const [{ heapBytes }] = (await once(child, "message")) as [{ heapBytes: number }];
			return heapBytes;
		};
		await openIdle("http", port, WARM);
		const before = await heap();
		await openIdle("http", port, CONNECTIONS);
		return Math.round(((await heap()) - before) / CONNECTIONS);
	} finally {
		child.kill("SIGKILL");
		await once(child, "exit");
	}
}
