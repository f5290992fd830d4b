import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";

const toBytes = (text: string): Buffer => Buffer.from(text);
const toText = (bytes: Buffer): string => bytes.toString();

const method = (name: string, requestStream: boolean, responseStream: boolean, service = "test.Echo") => ({
	path: `/${service}/${name}`,
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

/** The standard health service's method whose stream has no end. Its messages are plain text here. */
export const health = {
	watch: method("Watch", false, true, "grpc.health.v1.Health"),
} satisfies ServiceDefinition<UntypedServiceImplementation>;
