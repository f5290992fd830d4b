import type { Column } from "../peers/columns.ts";
import type { Scheme } from "./subjects.ts";

/** One load of the comparison. */
export interface Load extends Column {
	readonly key: string;
	readonly scheme: Scheme;
}

const NEW_2_MS = ["--load", "new-connections,connections=16,path=/compute"];
const NEW_0_MS = ["--load", "new-connections,connections=16,path=/fast"];
const POST = ["--method", "POST"];

/** Every load, in the order of the columns. 40 kept-alive and 16 new connections, unless it says otherwise. */
export const LOADS: readonly Load[] = [
	{
		key: "http-0",
		name: "http, 0 ms of CPU",
		scheme: "http",
		load: "back-to-back,connections=40,path=/fast",
		drillOptions: NEW_0_MS,
	},
	{
		key: "http-2",
		name: "http, 2 ms of CPU",
		scheme: "http",
		load: "back-to-back,connections=40,path=/compute",
		drillOptions: NEW_2_MS,
	},
	{
		key: "http-pausing",
		name: "http, 200 that pause",
		scheme: "http",
		load: "pausing,connections=200,pause=20,path=/fast",
	},
	{ key: "http-upload", name: "http, 16 uploads", scheme: "http", load: "upload,connections=16,path=/upload" },
	{
		key: "http-slow",
		name: "http, 32 half-second requests",
		scheme: "http",
		load: "in-flight,connections=32,path=/slow",
	},
	{
		key: "https-0",
		name: "https, 0 ms of CPU",
		scheme: "https",
		load: "back-to-back,connections=40,path=/fast",
		drillOptions: NEW_0_MS,
	},
	{
		key: "https-2",
		name: "https, 2 ms of CPU",
		scheme: "https",
		load: "back-to-back,connections=40,path=/compute",
		drillOptions: NEW_2_MS,
	},
	{ key: "h2-0", name: "http2, 0 ms of CPU", scheme: "h2", load: "http2,connections=8,streams=8,path=/fast" },
	{ key: "h2-2", name: "http2, 2 ms of CPU", scheme: "h2", load: "http2,connections=8,streams=8,path=/compute" },
	{
		key: "ws",
		name: "64 WebSockets",
		scheme: "ws",
		load: "websocket,connections=64,path=/chat,message=hello,every=200",
	},
	{
		key: "events",
		name: "32 event streams without an end",
		scheme: "http",
		load: "event-stream,connections=32,path=/events",
	},
	{
		key: "events-end",
		name: "32 event streams with an end",
		scheme: "http",
		load: "event-stream,connections=32,path=/events,until=[DONE]",
		drillOptions: POST,
	},
];
