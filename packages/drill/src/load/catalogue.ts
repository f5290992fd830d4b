import { BACK_TO_BACK } from "./back-to-back.ts";
import { EVENT_STREAM } from "./event-stream.ts";
import { HALF_HEAD } from "./half-head.ts";
import { HTTP2 } from "./http2.ts";
import { IN_FLIGHT } from "./in-flight.ts";
import { KEEP_ALIVE_EDGE } from "./keep-alive-edge.ts";
import type { LoadKind } from "./load-kind.ts";
import { NEW_CONNECTIONS } from "./new-connections.ts";
import { PAUSING } from "./pausing.ts";
import { PIPELINED } from "./pipelined.ts";
import { RATE } from "./rate.ts";
import { SILENT } from "./silent.ts";
import { SLOW_READER } from "./slow-reader.ts";
import { EARLY_UPLOAD, UPLOAD } from "./upload.ts";
import { WEB_SOCKET } from "./web-socket.ts";

/** Every kind of load, in the order in which `--list-loads` shows them. */
const KINDS = [
	BACK_TO_BACK,
	PAUSING,
	KEEP_ALIVE_EDGE,
	NEW_CONNECTIONS,
	RATE,
	PIPELINED,
	IN_FLIGHT,
	SLOW_READER,
	UPLOAD,
	EARLY_UPLOAD,
	EVENT_STREAM,
	WEB_SOCKET,
	HTTP2,
	SILENT,
	HALF_HEAD,
] as const;

/** One of the kinds, with the types of its settings. */
export type KnownLoadKind = (typeof KINDS)[number];

/** The name of a kind. */
export type LoadKindName = KnownLoadKind["name"];

/** Every kind of load, in the order in which `--list-loads` shows them. */
export const LOAD_KINDS: readonly LoadKind<LoadKindName>[] = KINDS;

/** Returns the kind of this name. */
export function loadKind(name: LoadKindName): LoadKind<LoadKindName> {
	const kind = LOAD_KINDS.find((candidate) => candidate.name === name);
	if (kind === undefined) throw new RangeError(`load: wanted one of the catalogue, got ${JSON.stringify(name)}`);
	return kind;
}
