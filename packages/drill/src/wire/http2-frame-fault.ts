import { HTTP2_ERROR } from "./http2-errors.ts";
import type { Http2Frame } from "./http2-frame-reader.ts";
import { FLAG, FRAME } from "./http2-frames.ts";

/** Frames of the connection as a whole. */
const WITHOUT_STREAM: ReadonlySet<number> = new Set([FRAME.settings, FRAME.ping, FRAME.goaway]);
/** How long payloads are that have one length only. */
const SIZES: Readonly<Record<number, number>> = { [FRAME.rstStream]: 4, [FRAME.ping]: 8, [FRAME.windowUpdate]: 4 };
const GOAWAY_BYTES = 8;

/**
 * Returns the code of what is wrong with a frame, whatever came before it; `HTTP2_ERROR.none` if nothing is. Streams from `nextId` on
 * do not exist yet.
 */
export function frameFault({ type, flags, stream, from, to }: Http2Frame, nextId: number): number {
	if (type > FRAME.continuation || type === FRAME.priority) return HTTP2_ERROR.none;
	const isAlone = WITHOUT_STREAM.has(type) || (type === FRAME.windowUpdate && stream === 0);
	const isRight = isAlone ? stream === 0 : stream % 2 === 1 && stream < nextId;
	if (!isRight || type === FRAME.pushPromise) return HTTP2_ERROR.protocol;
	const size = to - from;
	const isAck = type === FRAME.settings && (flags & FLAG.ack) !== 0;
	const isSized = size === (isAck ? 0 : (SIZES[type] ?? size)) && (type !== FRAME.goaway || size >= GOAWAY_BYTES);
	return isSized ? HTTP2_ERROR.none : HTTP2_ERROR.frameSize;
}
