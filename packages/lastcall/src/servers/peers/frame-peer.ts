import type { Socket } from "node:net";
import { type ConnectionActivity, readActivity } from "../listening/connection-activity.ts";
import { Linger } from "../listening/linger.ts";
import { isHandledElsewhere } from "../responses/handled-elsewhere.ts";
import { FrameWatch } from "./frame-watch.ts";
import { Peer, type PeerWait } from "./peer.ts";
import { CLOSE_REASON, GOING_AWAY } from "./web-socket-peer.ts";

/**
 * A close frame of a server (RFC 6455, sections 5.5.1 and 7.4.1). It is not masked, and not compressed, whatever was negotiated: control
 * frames never are (RFC 7692, section 6.1).
 */
const CLOSE_FRAME = closeFrame(GOING_AWAY, CLOSE_REASON);
/** The client has got its response, and neither side has sent anything for this long: a good moment for the close frame. */
const QUIET_MS = 100;
/** The same in gaps between two messages of this client: one that sends a message each 100 ms is not quiet when the next one is due. */
const QUIET_GAPS = 2;
/** A client that has sent a message and got the response, twice in a row, sends the next one soon. Right after a response is best. */
const EXCHANGES_IN_STEP = 2;
/** After a turn that took longer than this, its poll no longer tells what has arrived. */
const FRESH_MS = 2;
/** So long after the longest linger, the close frame may interrupt a message. */
const OVERDUE_MS = 500;
/** How long the library may take to close the connection once both close frames were sent. */
const CLOSING_MS = 250;

/**
 * A WebSocket of any library that the program has not registered: all that is known of it is its socket, and that its frames are those of
 * RFC 6455. It is not looked at before the drain.
 *
 * It gets its close frame between two messages, after the linger at the earliest: when its client is silent, or right after a response. The
 * library then sees the client's close frame, sends its own and ends the connection. What a library sends after the first close frame is ignored by
 * every client.
 *
 * It can't be known whether a message needs a response, and whether one message of the program is the whole response. With a registered
 * server, `enter` says so.
 */
export class FramePeer extends Peer {
	readonly #socket: Socket;
	readonly #linger = new Linger();
	#watch: FrameWatch | undefined;
	/** A message from before the drain may have been waiting for its response for this long. */
	#hasWaited = false;
	/** The bytes that had been read when the linger was found to be over. */
	#lingeredAt: number | undefined;
	#isImmediateDue = false;
	#closing: NodeJS.Timeout | undefined;

	constructor(name: string, what: string, socket: Socket, startedAt: number) {
		super(name, what, startedAt);
		this.#socket = socket;
	}

	/** Also where the program has registered the socket since. */
	override get hasEnded(): boolean {
		const hasEnded = this.#socket.closed || isHandledElsewhere(this.#socket);
		if (hasEnded) this.#watch?.stop();
		return hasEnded;
	}

	override get activity(): ConnectionActivity {
		return readActivity(this.#socket);
	}

	/** What comes after the close frame can have no response. */
	override get maySend(): boolean {
		return false;
	}

	override beginDrain(dueAt: number): void {
		if (this.hasEnded) return;
		this.#watch = new FrameWatch(this.#socket, () => this.#changed());
		this.#linger.restart(this.#socket.bytesRead, performance.now(), dueAt);
		// A client that is gone makes the close frame an error, which the program may not expect.
		this.#socket.on("error", () => {});
	}

	override isReady({ polledAt, waitedMs, lingerMs }: PeerWait): boolean {
		const watch = this.#watch;
		if (watch === undefined) return false;
		this.#hasWaited = waitedMs >= lingerMs;
		const hasWritten = watch.look(polledAt);
		if (watch.isClosing) return true;
		const { bytesRead: received } = this.#socket;
		// A response of several messages.
		const isActive = hasWritten && watch.turns.exchanges > 0;
		const hasLingered = this.#linger.isOver({ polledAt, received, isActive }, { silentMs: lingerMs });
		this.#lingeredAt = hasLingered ? received : undefined;
		const quietMs = Math.max(QUIET_MS, QUIET_GAPS * watch.longestGapMs);
		const isQuiet = this.#hasWaited && watch.isAnswered && polledAt - watch.lastAt >= quietMs;
		if (!hasLingered && !isQuiet) return false;
		return watch.mayInterject(hasWritten, waitedMs >= 2 * lingerMs + OVERDUE_MS);
	}

	override sendClosingMessage(): unknown {
		const sent = this.#watch?.isClosing === false ? this.#watch.sendClose(CLOSE_FRAME) : undefined;
		this.#changed();
		return sent;
	}

	override cut(): void {
		this.#socket.destroy();
	}

	#changed(): void {
		const watch = this.#watch;
		if (watch === undefined) return;
		if (this.isNotified) {
			if (watch.hasClientClosed) this.#closing ??= setTimeout(() => this.#socket.destroy(), CLOSING_MS);
			return;
		}
		if (this.#isImmediateDue) return;
		const isInStep = this.#hasWaited && watch.turns.exchanges >= EXCHANGES_IN_STEP;
		if (!isInStep && !this.#mayFollow(watch)) return;
		this.#isImmediateDue = true;
		// After all that is written in this turn.
		setImmediate(() => {
			if (isInStep) return this.#sendAfterPoll(watch, performance.now());
			this.#isImmediateDue = false;
			if (this.#mayFollow(watch)) this.whenReady();
		});
	}

	/** Returns true if the close frame may follow what was just written: looks alone may never come between two messages of many frames. */
	#mayFollow(watch: FrameWatch): boolean {
		return this.#lingeredAt === this.#socket.bytesRead && watch.mayInterject(true, false);
	}

	/** Sends the close frame right after a poll that shows that the client has not sent its next message, in one of the next turns. */
	#sendAfterPoll(watch: FrameWatch, beforePoll: number): void {
		setImmediate(() => {
			const isInStep = watch.isAnswered && watch.turns.exchanges >= EXCHANGES_IN_STEP;
			const now = performance.now();
			if (isInStep && now - beforePoll > FRESH_MS && !this.hasEnded) return this.#sendAfterPoll(watch, now);
			this.#isImmediateDue = false;
			if (isInStep && watch.mayInterject(true, false)) this.whenReady();
		});
	}
}

function closeFrame(code: number, reason: string): Buffer {
	const text = Buffer.from(reason);
	const frame = Buffer.from([0x88, 2 + text.length, 0, 0, ...text]);
	frame.writeUInt16BE(code, 2);
	return frame;
}
