// The loads and clients of lastcall-drill, for the tests and benchmarks of this repository. It is not published: the drill has no
// programming interface but its command, and these may change with any commit.

export { type BackToBackOptions, backToBack } from "../../drill/dist/load/back-to-back.js";
export { type EventStreamOptions, eventStream } from "../../drill/dist/load/event-stream.js";
export { type HalfHeadOptions, halfHead } from "../../drill/dist/load/half-head.js";
export { type Http2Options, http2Load } from "../../drill/dist/load/http2.js";
export { type InFlightOptions, inFlight } from "../../drill/dist/load/in-flight.js";
export { type KeepAliveEdgeOptions, keepAliveEdge } from "../../drill/dist/load/keep-alive-edge.js";
export { type NewConnectionsOptions, newConnections } from "../../drill/dist/load/new-connections.js";
export { type PausingOptions, pausing } from "../../drill/dist/load/pausing.js";
export { type PipelinedOptions, pipelined } from "../../drill/dist/load/pipelined.js";
export { type RateOptions, rate } from "../../drill/dist/load/rate.js";
export type { Endpoint, FinishOptions, RunningLoad } from "../../drill/dist/load/running-load.js";
export { seededRandom } from "../../drill/dist/load/seeded-random.js";
export { type SilentOptions, silent } from "../../drill/dist/load/silent.js";
export { type SlowReaderOptions, slowReader } from "../../drill/dist/load/slow-reader.js";
export { type UploadOptions, upload } from "../../drill/dist/load/upload.js";
export { type WebSocketOptions, webSocket } from "../../drill/dist/load/web-socket.js";
export type { ConnectionEnd } from "../../drill/dist/record/connection-end.js";
export {
	isLost,
	type Outcome,
	type OutcomeDetail,
	type RequestRecord,
	type Tally,
	tally,
} from "../../drill/dist/record/outcome.js";
export type { BodyCheck } from "../../drill/dist/wire/body-check.js";
export type { ConnectionListener } from "../../drill/dist/wire/connection-listener.js";
export type { Origin, TlsTrust } from "../../drill/dist/wire/open-socket.js";
export { RawConnection, type RawConnectionOptions } from "../../drill/dist/wire/raw-connection.js";
export { type OpenRawSocket, rawSocketOpener } from "../../drill/dist/wire/raw-socket.js";
export { type RequestHeadOptions, requestHead } from "../../drill/dist/wire/request-head.js";
export type { OutgoingRequest } from "../../drill/dist/wire/request-queue.js";
