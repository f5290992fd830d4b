interface Frame {
	readonly opcode: number;
	/** False if another frame of its message follows. */
	readonly isLast?: boolean;
	readonly payload: Uint8Array;
	/** True for what a client sends. */
	readonly isMasked?: boolean;
}

/** Makes the bytes of one WebSocket frame (RFC 6455, section 5.2). The mask changes nothing. */
export function frame({ opcode, isLast = true, payload, isMasked = false }: Frame): Buffer {
	const { length } = payload;
	const mask = isMasked ? 0x80 : 0;
	const head = [(isLast ? 0x80 : 0) | opcode];
	if (length < 126) head.push(mask | length);
	else if (length < 65_536) head.push(mask | 126, length >> 8, length & 0xff);
	else head.push(mask | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (length >> shift) & 0xff));
	return Buffer.concat([Buffer.from(head), Buffer.alloc(isMasked ? 4 : 0), payload]);
}

/** Makes a text message of one frame, as a server sends it. */
export function text(message: string): Buffer {
	return frame({ opcode: 1, payload: Buffer.from(message) });
}
