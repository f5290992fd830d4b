const toBytes = (text: string): Buffer => Buffer.from(text);
const toText = (bytes: Buffer): string => bytes.toString();

/** A gRPC service with one unary method, whose messages are plain text. */
export const echo = {
	say: {
		path: "/bench.Echo/Say",
		requestStream: false,
		responseStream: false,
		requestSerialize: toBytes,
		requestDeserialize: toText,
		responseSerialize: toBytes,
		responseDeserialize: toText,
	},
} as const;
