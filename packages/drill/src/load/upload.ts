import type { RawConnection } from "../wire/raw-connection.ts";
import type { OutgoingRequest } from "../wire/request-queue.ts";
import { checkPositive } from "./check-positive.ts";
import { http1Load } from "./http1-load.ts";
import type { LoadClient, LoadControl } from "./load-client.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** Options of `upload`. */
export interface UploadOptions {
	/** @default 16 */
	readonly connections?: number;
	/**
	 * The length of each body, where the target brings none of its own. At least 2.
	 * @default 1_000_000
	 */
	readonly bytes?: number;
	/**
	 * After the first half, this many bytes at a time.
	 * @default 65_536
	 */
	readonly chunkBytes?: number;
	/**
	 * The pause before each chunk.
	 * @default 5
	 */
	readonly everyMs?: number;
	/**
	 * For a server that answers at once: nothing is read before the whole body is written or a write has failed. If the
	 * server closes with the upload unread, its reset destroys the answer.
	 * @default false
	 */
	readonly early?: boolean;
}

/**
 * Uploads on kept-alive connections, one after the other: the head and half of the body at once, the rest in chunks.
 * Steady once the kernel has every connection's first half. Throws what `http1Load` throws.
 */
export function upload(endpoint: Endpoint, options: UploadOptions = {}): RunningLoad {
	const { connections = 16, bytes = 1_000_000, chunkBytes = 65_536, everyMs = 5, early = false } = options;
	checkPositive("bytes", bytes);
	checkPositive("chunkBytes", chunkBytes);
	const body = endpoint.body === undefined ? Buffer.alloc(bytes, "x") : Buffer.from(endpoint.body as Uint8Array);
	if (body.length < 2) throw new RangeError("The body must have at least 2 bytes: half of it comes first.");
	return http1Load(
		{ ...endpoint, method: endpoint.method ?? "POST" },
		{
			name: early ? "early-upload" : "upload",
			connections,
			repeats: true,
			steadyOnAnswer: false,
			contentLength: body.length,
			client: (request, run) => uploadClient(request, run, { body, chunkBytes, everyMs, early }),
		},
	);
}

interface Upload {
	readonly body: Buffer;
	readonly chunkBytes: number;
	readonly everyMs: number;
	readonly early: boolean;
}

function uploadClient(
	request: () => OutgoingRequest,
	run: LoadControl<RawConnection>,
	{ body, chunkBytes, everyMs, early }: Upload,
): LoadClient<RawConnection> {
	const half = Math.floor(body.length / 2);
	let bodyWritten = false;
	let timer: NodeJS.Timeout | undefined;
	const start = (connection: RawConnection): void => {
		bodyWritten = false;
		if (early) connection.pauseReading();
		connection.send([request()], body.subarray(0, half), () => {
			run.reached(client);
			sendRest(connection, half);
		});
	};
	const sendRest = (connection: RawConnection, from: number): void => {
		if (from < body.length && !connection.writeFailed) {
			const piece = body.subarray(from, from + chunkBytes);
			// Not `run.later`: what was begun is also completed while the load is finishing.
			timer = setTimeout(() => connection.write(piece, () => sendRest(connection, from + piece.length)), everyMs);
			return;
		}
		bodyWritten = true;
		if (early) connection.resumeReading();
		// The answer was faster than the body.
		if (connection.inFlight === 0 && connection.usable) start(connection);
	};
	const client: LoadClient<RawConnection> = {
		opened: start,
		settled: (connection) => {
			if (bodyWritten && connection.usable) start(connection);
		},
		closed: () => clearTimeout(timer),
	};
	return client;
}
