import type { ConnectionEnd } from "#src/record/connection-end.js";
import type { RequestRecord } from "#src/record/outcome.js";
import type { Origin } from "#src/wire/open-socket.js";
import { RawConnection } from "#src/wire/raw-connection.js";
import { rawSocketOpener } from "#src/wire/raw-socket.js";
import { requestHead } from "#src/wire/request-head.js";
import type { OutgoingRequest } from "#src/wire/request-queue.js";

/** The records of one connection, and its end. */
export interface Exchange {
	readonly records: RequestRecord[];
	readonly end: ConnectionEnd;
}

/** The options of `exchange`. */
export interface ExchangeOptions {
	/** How many requests are pipelined in one write. */
	readonly count?: number;
	readonly method?: string;
	readonly contentLength?: number;
	readonly expectBytes?: number;
	readonly slow?: { bytesPerRead: number; everyMs: number };
	/** Called before the requests are sent. */
	readonly opened?: (connection: RawConnection) => void;
	/** Called with each outcome; without it, the connection is closed after the last one. */
	readonly settled?: (connection: RawConnection, record: RequestRecord) => void;
}

/** Opens one connection, sends requests and waits until it has ended. Rejects if it is refused. */
export function exchange(target: Origin, options: ExchangeOptions = {}): Promise<Exchange> {
	const { count = 1, method = "GET", contentLength, expectBytes, slow } = options;
	const head = requestHead({ ...target, method }, contentLength);
	const requests = Array.from({ length: count }, (_, index): OutgoingRequest => {
		const id = `r${index}`;
		return { id, head: head(id), isHead: method === "HEAD", expectBytes };
	});
	const records: RequestRecord[] = [];
	return new Promise((resolve, reject) => {
		const connection = new RawConnection(
			rawSocketOpener(target),
			{
				opened: () => {
					options.opened?.(connection);
					connection.send(requests);
				},
				responseBegan: () => {},
				refused: (error) => reject(new Error(`refused: ${error}`)),
				settled: (record) => {
					records.push(record);
					if (options.settled) options.settled(connection, record);
					else if (connection.inFlight === 0) connection.close();
				},
				closed: (end) => resolve({ records, end }),
			},
			{ number: 0, slow },
		);
	});
}

/** The outcomes of an exchange, with details, in the order in which they were settled. */
export function outcomes({ records }: Exchange): string[] {
	return records.map(({ outcome, detail }) => (detail ? `${outcome} (${detail})` : outcome));
}
