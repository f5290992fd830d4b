import { spawn } from "node:child_process";
import { heapOfConnection } from "../running/heap-of-connection.ts";
import { peerCommand, peerEnv } from "./launcher.ts";
import type { Subject } from "./subjects.ts";

const COUNTS = { warm: 100, connections: 2_000 };

/** Bytes of the heap for one more idle connection that has had a request. */
export async function measureHeap(subject: Subject, folder: string): Promise<number> {
	const [file = "", ...args] = peerCommand(subject, folder, ["--expose-gc"]);
	const child = spawn(file, args, {
		env: peerEnv("http", { MEASURE: "heap", KEEP_ALIVE_MS: "600000" }),
		stdio: ["ignore", "ignore", "inherit", "ipc"],
	});
	return Math.round(await heapOfConnection(child, "http", COUNTS));
}
