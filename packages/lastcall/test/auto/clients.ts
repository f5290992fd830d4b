import { once } from "node:events";
import { get, type OutgoingHttpHeaders } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { get as getTls } from "node:https";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { Client, credentials } from "@grpc/grpc-js";
import { WebSocket } from "ws";
import { ask } from "../support/ask.ts";
import { echo } from "../support/echo-service.ts";

/** Sends one request to a port, and resolves to the response in one line, or to the code of its error. */
export type OneRequest = (port: number, path: string) => Promise<string>;

function askTls(port: number, path: string): Promise<string> {
	return new Promise((resolve) => {
		const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
		getTls({ host: "127.0.0.1", port, path, agent: false, rejectUnauthorized: false }, (response) => {
			text(response).then((body) => resolve(`${response.statusCode} ${body}`), failed);
		}).on("error", failed);
	});
}

const askHttp2 =
	(scheme: string): OneRequest =>
	(port, path) =>
		new Promise((resolve) => {
			const session = connectHttp2(`${scheme}://127.0.0.1:${port}`, { rejectUnauthorized: false });
			session.on("error", () => {});
			const stream = session.request({ ":path": path });
			let status: number | undefined;
			let body = "";
			stream.on("response", (headers) => {
				status = headers[":status"];
			});
			stream.setEncoding("utf8").on("data", (data: string) => {
				body += data;
			});
			stream.on("error", () => {});
			stream.on("close", () => {
				session.close();
				resolve(status === undefined ? "no response" : `${status} ${body}`);
			});
		});

function askGrpc(port: number, path: string): Promise<string> {
	const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
	const { path: method, requestSerialize, responseDeserialize } = echo.unary;
	return new Promise((resolve) => {
		client.makeUnaryRequest(method, requestSerialize, responseDeserialize, path, (error, reply) => {
			client.close();
			resolve(error === null ? String(reply) : `status ${error.code}`);
		});
	});
}

/** The last event of a stream. */
const askEvents =
	(headers: OutgoingHttpHeaders): OneRequest =>
	(port, path) =>
		new Promise((resolve) => {
			const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
			get({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
				text(response).then((body) => resolve(body.trim().split("\n\n").at(-1) ?? ""), failed);
			}).on("error", failed);
		});

/** The message that comes back, and the code that closes the socket. */
async function askWebSocket(port: number, path: string): Promise<string> {
	const socket = new WebSocket(`ws://127.0.0.1:${port}`);
	const received: string[] = [];
	socket.on("message", (message) => received.push(String(message)));
	await once(socket, "open");
	socket.send(path);
	const [code] = await once(socket, "close");
	return [...received, code].join(", ");
}

/** The line that comes back. */
function askLine(port: number, path: string): Promise<string> {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1", () => socket.write(`${path}\n`));
		socket.on("error", () => {});
		socket.on("close", () => resolve("no response"));
		socket.setEncoding("utf8").on("data", (line: string) => {
			resolve(line.trim());
			socket.destroy();
		});
	});
}

/** The line that comes back over a connection that is upgraded to a protocol of lines. */
function askUpgraded(port: number, path: string): Promise<string> {
	return new Promise((resolve) => {
		const headers = { connection: "Upgrade", upgrade: "lines" };
		const request = get({ host: "127.0.0.1", port, path: "/lines", headers, agent: false });
		request.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
		request.on("upgrade", (_response, socket) => {
			socket.on("error", () => {});
			socket.on("close", () => resolve("no response"));
			socket.setEncoding("utf8").on("data", (line: string) => resolve(line.trim()));
			socket.write(`${path}\n`);
			socket.on("end", () => socket.end());
		});
	});
}

export const CLIENTS: Readonly<Record<string, OneRequest>> = {
	http: ask,
	https: askTls,
	http2: askHttp2("http"),
	"http2 over TLS": askHttp2("https"),
	grpc: askGrpc,
	"event stream": askEvents({}),
	"event source": askEvents({ accept: "text/event-stream" }),
	"web socket": askWebSocket,
	"in front": ask,
	"in front, over TLS": askTls,
	upgraded: askUpgraded,
	lines: askLine,
};
