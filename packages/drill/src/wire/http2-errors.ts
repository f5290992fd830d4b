/** The codes that the drill itself uses (RFC 9113 §7). */
export const HTTP2_ERROR = {
	none: 0,
	protocol: 1,
	flowControl: 3,
	frameSize: 6,
	refusedStream: 7,
	compression: 9,
	enhanceYourCalm: 11,
} as const;

const NAMES = [
	"NO_ERROR",
	"PROTOCOL_ERROR",
	"INTERNAL_ERROR",
	"FLOW_CONTROL_ERROR",
	"SETTINGS_TIMEOUT",
	"STREAM_CLOSED",
	"FRAME_SIZE_ERROR",
	"REFUSED_STREAM",
	"CANCEL",
	"COMPRESSION_ERROR",
	"CONNECT_ERROR",
	"ENHANCE_YOUR_CALM",
	"INADEQUATE_SECURITY",
	"HTTP_1_1_REQUIRED",
];

/** Returns the name of an HTTP/2 error code, or the code if it has none. */
export function http2ErrorName(code: number): string {
	return NAMES[code] ?? String(code);
}
