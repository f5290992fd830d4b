import { type LossRules, PLAIN_LOSSES } from "../record/loss-rules.ts";
import type { RawConnection } from "../wire/raw-connection.ts";
import type { OutgoingRequest } from "../wire/request-queue.ts";
import { checkPositive } from "./check-positive.ts";
import { http1Load } from "./http1-load.ts";
import type { LoadClient, LoadControl } from "./load-client.ts";
import { defineLoad } from "./load-kind.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";
import { CONNECTIONS, EVERY, PATH, wholeNumber } from "./setting-schemas.ts";

/** The first half of a body goes out before the second. */
const LEAST_BYTES = 2;

const SETTINGS = {
	path: PATH,
	connections: CONNECTIONS,
	bytes: wholeNumber(LEAST_BYTES, 1_000_000_000),
	every: EVERY,
};

const UPLOAD_LOSSES: LossRules = {
	...PLAIN_LOSSES,
	ownReason: ({ outcome }) => (outcome === "cut" ? "response-cut" : "upload-reset"),
};

export const UPLOAD = defineLoad({
	name: "upload",
	help: "POSTs a body of `bytes`, in pieces",
	settings: SETTINGS,
	speaks: "HTTP/1.1",
	leastBodyBytes: LEAST_BYTES,
	steadyOnResponse: false,
	leavesIdle: false,
	losses: UPLOAD_LOSSES,
	start: (endpoint, { connections, bytes, every }) => upload(endpoint, { connections, bytes, everyMs: every }),
});

export const EARLY_UPLOAD = defineLoad({
	name: "early-upload",
	help: "the same, reading nothing before all is sent",
	settings: SETTINGS,
	speaks: "HTTP/1.1",
	leastBodyBytes: LEAST_BYTES,
	steadyOnResponse: false,
	leavesIdle: false,
	losses: UPLOAD_LOSSES,
	start: (endpoint, { connections, bytes, every }) =>
		upload(endpoint, { connections, bytes, everyMs: every, early: true }),
});

/** Options of `upload`. */
export interface UploadOptions {
	/** @default 16 */
	readonly connections?: number | undefined;
	/**
	 * The length of each body, if the endpoint has none of its own. At least 2.
	 * @default 1_000_000
	 */
	readonly bytes?: number | undefined;
	/**
	 * After the first half, this many bytes at a time.
	 * @default 65_536
	 */
	readonly chunkBytes?: number | undefined;
	/**
	 * The pause before each chunk.
	 * @default 5
	 */
	readonly everyMs?: number | undefined;
	/**
	 * For a server that responds at once: reads nothing before the whole body is written or a write has failed. If the server
	 * closes with the upload unread, its reset destroys the response.
	 * @default false
	 */
	readonly early?: boolean | undefined;
}

/**
 * Starts uploads on kept-alive connections, one after another: the head and half of the body at once, the rest in chunks.
 * Steady once the kernel has every connection's first half. Throws what `http1Load` throws.
 */
export function upload(endpoint: Endpoint, options: UploadOptions = {}): RunningLoad {
	const { connections = 16, bytes = 1_000_000, chunkBytes = 65_536, everyMs = 5, early = false } = options;
	checkPositive("bytes", bytes);
	checkPositive("chunkBytes", chunkBytes);
	const body = endpoint.body === undefined ? Buffer.alloc(bytes, "x") : Buffer.from(endpoint.body as Uint8Array);
	if (body.length < LEAST_BYTES)
		throw new RangeError(`body: wanted at least ${LEAST_BYTES} bytes, as half of it goes first, got ${body.length}`);
	return http1Load(
		{ ...endpoint, method: endpoint.method ?? "POST" },
		{
			name: early ? "early-upload" : "upload",
			connections,
			repeats: true,
			steadyOnResponse: false,
			contentLength: body.length,
			client: (request, load) => uploadClient(request, load, { body, chunkBytes, everyMs, early }),
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
	load: LoadControl<RawConnection>,
	{ body, chunkBytes, everyMs, early }: Upload,
): LoadClient<RawConnection> {
	const half = Math.floor(body.length / 2);
	let bodyWritten = false;
	let timer: NodeJS.Timeout | undefined;
	const start = (connection: RawConnection): void => {
		bodyWritten = false;
		if (early) connection.pauseReading();
		connection.send([request()], body.subarray(0, half), () => {
			load.reached(client);
			sendRest(connection, half);
		});
	};
	const sendRest = (connection: RawConnection, from: number): void => {
		if (from < body.length && !connection.writeFailed) {
			const piece = body.subarray(from, from + chunkBytes);
			// Not `load.later`: an upload that was begun is also completed while the load is finishing.
			timer = setTimeout(() => connection.write(piece, () => sendRest(connection, from + piece.length)), everyMs);
			return;
		}
		bodyWritten = true;
		if (early) connection.resumeReading();
		// The response came before the body was sent.
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
