/** Opcodes (RFC 6455, section 5.2): a continuation, a text, binary data, a close frame, a ping, a pong. */
const OPCODES: readonly number[] = [0, 1, 2, 8, 9, 10];
const CLOSE = 8;
/** A frame of one of these carries a part of a message. */
const LAST_DATA_OPCODE = 2;
const LONGEST_CONTROL = 125;
/** So many frames that can be read show that the bytes between two of them are a boundary again. */
const FRAMES_TO_TRUST = 3;

/**
 * Follows the frames of one direction of a WebSocket, without a look at what they carry: extensions such as permessage-deflate change
 * only the payload. It begins at any moment of the connection. Where that was in the middle of a frame, the next bytes make no sense
 * sooner or later: then it is lost until it has found several frames in a row.
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
	readonly #header: number[] = [];
	/** The bytes of the payload that are still to come. */
	#left = 0;
	#isLost = false;
	/** The frames since it was lost. */
	#frames: number;

	/** @param isBetweenFrames false if it may begin in the middle of a frame */
	constructor(isMasked: boolean, isBetweenFrames: boolean) {
		this.#isMasked = isMasked;
		this.#frames = isBetweenFrames ? FRAMES_TO_TRUST : 0;
	}

	/** True if it is known where frames begin and end. */
	get isTrusted(): boolean {
		return !this.#isLost && this.#frames >= FRAMES_TO_TRUST;
	}

	/** True if it is trusted, and no frame has begun and not ended. */
	get isBetweenFrames(): boolean {
		return this.isTrusted && this.#left === 0 && this.#header.length === 0;
	}

	/** True if it is between frames, and no message has begun and not ended. */
	get isBetweenMessages(): boolean {
		return this.isBetweenFrames && !this.#isWithinMessage;
	}

	/** Reads what comes next. If it is lost, it tries these bytes as the beginning of a frame. */
	push(bytes: Uint8Array): void {
		if (this.#isLost) this.#restart();
		for (let at = 0; at < bytes.length && !this.#isLost; ) {
			if (this.#left > 0) {
				const skipped = Math.min(this.#left, bytes.length - at);
				at += skipped;
				this.#left -= skipped;
			} else {
				this.#header.push(bytes[at++] ?? 0);
				if (this.#header.length < this.#headerLength) continue;
				this.#begin();
			}
			if (this.#left === 0) this.#end();
		}
	}

	get #headerLength(): number {
		const [, second] = this.#header;
		if (second === undefined) return 2;
		const short = second & 0x7f;
		const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
		return 2 + lengthBytes + (this.#isMasked ? 4 : 0);
	}

	/** The header is complete. */
	#begin(): void {
		const [first = 0, second = 0, ...rest] = this.#header;
		const short = second & 0x7f;
		const length = rest.slice(0, short < 126 ? 0 : short === 126 ? 2 : 8).reduce((sum, byte) => sum * 256 + byte, 0);
		this.#left = short < 126 ? short : length;
		// No extension that is registered uses the bits 0x30. A length has its shortest form.
		const isShortest = short < 126 || length > (short === 126 ? 125 : 0xffff);
		const isControl = (first & 0xf) > LAST_DATA_OPCODE;
		const isControlOk = !isControl || (first >= 0x80 && short <= LONGEST_CONTROL);
		const isMaskOk = second >= 0x80 === this.#isMasked;
		const isKnown = OPCODES.includes(first & 0xf) && (first & 0x30) === 0;
		this.#isLost = !(isKnown && isMaskOk && isControlOk && isShortest && Number.isSafeInteger(this.#left));
	}

	/** The last byte of the frame has come. */
	#end(): void {
		if (this.#isLost) return;
		const [first = 0] = this.#header;
		this.#header.length = 0;
		this.#frames++;
		if ((first & 0xf) === CLOSE) this.hasClose ||= this.isTrusted;
		if ((first & 0xf) > LAST_DATA_OPCODE) return;
		this.#isWithinMessage = first < 0x80;
		if (!this.#isWithinMessage) this.messages++;
	}

	#restart(): void {
		this.#isLost = false;
		this.#frames = 0;
		this.#header.length = 0;
		this.#left = 0;
	}
}
