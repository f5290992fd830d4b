export type { ConnectionEnd } from "./connection-end.ts";
export { type BackToBackOptions, backToBack } from "./load/back-to-back.ts";
export { type HalfHeadLoad, type HalfHeadOptions, halfHead } from "./load/half-head.ts";
export { type InFlightOptions, inFlight } from "./load/in-flight.ts";
export type { FinishOptions, LoadTarget, RunningLoad } from "./load/load.ts";
export { type NewConnectionsOptions, newConnections } from "./load/new-connections.ts";
export { type PausingOptions, pausing } from "./load/pausing.ts";
export { type PipelinedOptions, pipelined } from "./load/pipelined.ts";
export { type SilentOptions, silent } from "./load/silent.ts";
export { type SlowReaderOptions, slowReader } from "./load/slow-reader.ts";
export { type UploadOptions, upload } from "./load/upload.ts";
export { isLost, type Outcome, type OutcomeDetail, type RequestRecord, type Tally, tally } from "./outcome.ts";
export {
	type ConnectionListener,
	RawConnection,
	type RawConnectionOptions,
} from "./raw-connection.ts";
export { type OpenRawSocket, rawSocketOpener, type SocketTarget, type TlsTarget } from "./raw-socket.ts";
export { type RequestHeadOptions, requestHead } from "./request-head.ts";
export type { OutgoingRequest } from "./request-queue.ts";
export { seededRandom } from "./seeded-random.ts";
