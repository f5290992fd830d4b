/** Opcodes (RFC 6455, section 5.2): a continuation, a text, binary data, a close frame, a ping, a pong. */
const OPCODES: readonly number[] = [0, 1, 2, 8, 9, 10];
const CLOSE = 8;
/** A frame of one of these, or of one below, carries a part of a message. */
const LAST_DATA_OPCODE = 2;
const LONGEST_CONTROL = 125;
/** So many frames in a row show that it is known where frames begin. */
const FRAMES_TO_TRUST = 3;

/**
 * Follows the frames of one direction of a WebSocket, without a look at what they carry: extensions such as permessage-deflate change
 * only the payload. It begins at any moment of the connection. Where that was in the middle of a frame, the next bytes make no sense
 * sooner or later. Then it searches for the next frame, and is not trusted until it has found several in a row.
 */
export class FrameReader {
	/** A client masks its frames, a server does not. */
	readonly #isMasked: boolean;
	/** The whole messages so far. */
	messages = 0;
	/** True if there was a close frame. */
	hasClose = false;
	/** True between two frames of one message. */
	#isWithinMessage = false;
	/** What has come of a frame's head, up to its end. */
	readonly #head: number[] = [];
	/** The bytes of the payload that are still to come. */
	#left = 0;
	/** The frames in a row. */
	#frames: number;

	/** @param isBetweenFrames false if it may begin in the middle of a frame */
	constructor(isMasked: boolean, isBetweenFrames: boolean) {
		this.#isMasked = isMasked;
		this.#frames = isBetweenFrames ? FRAMES_TO_TRUST : 0;
	}

	/** True if it is known where frames begin and end. */
	get isTrusted(): boolean {
		return this.#frames >= FRAMES_TO_TRUST;
	}

	/** True if it is trusted, and no frame has begun and not ended. */
	get isBetweenFrames(): boolean {
		return this.isTrusted && this.#left === 0 && this.#head.length === 0;
	}

	/** True if it is between frames, and no message has begun and not ended. */
	get isBetweenMessages(): boolean {
		return this.isBetweenFrames && !this.#isWithinMessage;
	}

	/**
	 * Reads what comes next. Returns how many bytes it has read.
	 * @param stops true if it stops at the end of the first frame
	 */
	push(bytes: Uint8Array, stops = false): number {
		let at = 0;
		while (at < bytes.length) {
			if (this.#left > 0) {
				const skipped = Math.min(this.#left, bytes.length - at);
				at += skipped;
				this.#left -= skipped;
			} else if (!this.#completesHead(bytes[at++] ?? 0)) continue;
			if (this.#left > 0) continue;
			this.#end();
			if (stops) break;
		}
		return at;
	}

	/** Adds a byte to the head. Returns true if that was its last one. */
	#completesHead(byte: number): boolean {
		const head = this.#head;
		head.push(byte);
		while (head.length > 0 && !isPlausible(head, this.#isMasked)) {
			// The beginning may be one byte later.
			head.shift();
			this.#frames = 0;
		}
		if (head.length < 2 || head.length < headLength(head, this.#isMasked)) return false;
		this.#left = payloadLength(head) ?? 0;
		return true;
	}

	/** The last byte of the frame has come. */
	#end(): void {
		const [first = 0] = this.#head;
		this.#head.length = 0;
		this.#frames++;
		if ((first & 0xf) === CLOSE) this.hasClose ||= this.isTrusted;
		if ((first & 0xf) > LAST_DATA_OPCODE) return;
		this.#isWithinMessage = first < 0x80;
		if (!this.#isWithinMessage) this.messages++;
	}
}

/** Returns true if a frame may begin with these bytes. */
function isPlausible(head: readonly number[], isMasked: boolean): boolean {
	const [first = 0, second] = head;
	// No extension that is registered uses the bits 0x30.
	if (!OPCODES.includes(first & 0xf) || (first & 0x30) !== 0) return false;
	const isControl = (first & 0xf) > LAST_DATA_OPCODE;
	if (isControl && first < 0x80) return false;
	if (second === undefined) return true;
	if (second >= 0x80 !== isMasked) return false;
	const short = second & 0x7f;
	if (isControl && short > LONGEST_CONTROL) return false;
	const length = payloadLength(head);
	// A length has its shortest form.
	return (
		length === undefined || short < 126 || (length > (short === 126 ? 125 : 0xffff) && Number.isSafeInteger(length))
	);
}

function headLength([, second = 0]: readonly number[], isMasked: boolean): number {
	return 2 + lengthBytes(second & 0x7f) + (isMasked ? 4 : 0);
}

/** Returns the length of the payload, or `undefined` if not all of it has come. */
function payloadLength([, second = 0, ...rest]: readonly number[]): number | undefined {
	const short = second & 0x7f;
	const bytes = lengthBytes(short);
	if (rest.length < bytes) return undefined;
	return bytes === 0 ? short : rest.slice(0, bytes).reduce((sum, byte) => sum * 256 + byte, 0);
}

function lengthBytes(short: number): number {
	if (short < 126) return 0;
	return short === 126 ? 2 : 8;
}
