import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Variant } from "../fixtures/serve.ts";
import type { ConnectionKind } from "../many/open-idle.ts";
import { heapOfConnection } from "./heap-of-connection.ts";

const program = fileURLToPath(new URL("../fixtures/heap-server.js", import.meta.url));

/** A kind of connection that is idle after its request. */
export type HeapKind = Exclude<ConnectionKind, "events">;

/** More than are opened at a time: Node.js keeps a parser for each, for the next connection. */
const WARM = 1_500;

/** Bytes of the heap for one more idle connection. */
export function measureHeap(
	kind: HeapKind,
	variant: Variant,
	connections: number,
	env: NodeJS.ProcessEnv,
): Promise<number> {
	const child = fork(program, [kind, variant], { execArgv: ["--expose-gc"], env });
	return heapOfConnection(child, kind, { warm: WARM, connections });
}
