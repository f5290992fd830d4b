import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";

const toBytes = (text: string): Buffer => Buffer.from(text);
const toText = (bytes: Buffer): string => bytes.toString();

const method = (name: string, requestStream: boolean, responseStream: boolean) => ({
	path: `/test.Echo/${name}`,
	requestStream,
	responseStream,
	requestSerialize: toBytes,
	requestDeserialize: toText,
	responseSerialize: toBytes,
	responseDeserialize: toText,
});

/** A gRPC service with one method of each kind, whose messages are plain text. */
export const echo = {
	unary: method("unary", false, false),
	upload: method("upload", true, false),
	download: method("download", false, true),
	talk: method("talk", true, true),
} satisfies ServiceDefinition<UntypedServiceImplementation>;
