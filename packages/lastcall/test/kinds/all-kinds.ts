import { eventStream, eventStreamWithSignal } from "./event-stream.ts";
import { grpc, grpcServedFirst } from "./grpc.ts";
import { http, https, httpsThroughUnixSocket, httpThroughUnixSocket } from "./http1.ts";
import { h2, h2c, h2OfBoth, http1OfBoth } from "./http2.ts";
import { h2cEventStream, h2EventStream } from "./http2-event-stream.ts";
import type { Kind } from "./kind.ts";
import { net, netThroughUnixSocket, netWithClosingMessage, tls, tlsThroughUnixSocket } from "./own-protocol.ts";
import { socketIo, socketIoPolling } from "./socket-io.ts";
import { tunnel, upgraded } from "./upgraded.ts";
import { attached, noServer, ownPort } from "./web-socket.ts";

/** Every kind, in the order of the table's rows. */
export const allKinds: readonly Kind[] = [
	http,
	httpThroughUnixSocket,
	https,
	httpsThroughUnixSocket,
	h2,
	h2c,
	h2OfBoth,
	http1OfBoth,
	grpc,
	grpcServedFirst,
	eventStream,
	eventStreamWithSignal,
	h2cEventStream,
	h2EventStream,
	attached,
	noServer,
	ownPort,
	socketIo,
	socketIoPolling,
	upgraded,
	tunnel,
	net,
	netThroughUnixSocket,
	netWithClosingMessage,
	tls,
	tlsThroughUnixSocket,
];
