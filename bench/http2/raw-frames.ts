/** Types and flags of frames (RFC 9113, section 6). */
export const TYPE = { data: 0, headers: 1, settings: 4, ping: 6, goaway: 7, windowUpdate: 8 } as const;
export const FLAG = { endStream: 0x1, ack: 0x1, endHeaders: 0x4 } as const;

export const HEAD_BYTES = 9;

export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
	const head = Buffer.alloc(HEAD_BYTES);
	head.writeUIntBE(payload.length, 0, 3);
	head.writeUInt8(type, 3);
	head.writeUInt8(flags, 4);
	head.writeUInt32BE(stream, 5);
	return Buffer.concat([head, payload]);
}

/** What a client sends first, with settings that change nothing. */
export const PREFACE: Buffer = Buffer.concat([
	Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
	frame(TYPE.settings, 0, 0),
]);

/** `GET http://localhost/`, by the static table of HPACK (RFC 7541, appendix A). */
const FIELDS = Buffer.from([0x82, 0x86, 0x84, 0x01, 9, ...Buffer.from("localhost")]);

/** A whole request without a body. */
export function request(stream: number): Buffer {
	return frame(TYPE.headers, FLAG.endStream | FLAG.endHeaders, stream, FIELDS);
}
