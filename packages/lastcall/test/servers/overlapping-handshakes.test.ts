// Which connection a TLS handshake belongs to. The handshakes of a test overlap, and all of them come from one address or none.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createSecureServer } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { connect, type Server } from "node:net";
import { type TestContext, test } from "node:test";
import { createSecureContext, createServer, connect as secureConnect, type TlsOptions } from "node:tls";
import type { HostedService, ListeningServer } from "lastcall";
import { certificate } from "../support/certificate.ts";
import { freePath } from "../support/place.ts";
import { type RunningService, running } from "../support/running-service.ts";
import { limit } from "../support/time-limit.ts";

const CLIENTS = 4;

/** A kind of TLS server. Its program holds each request until `finish` is emitted, and then responds `whole`. */
interface Subject {
	readonly name: string;
	readonly request: string;
	create(options: TlsOptions, program: EventEmitter, service: HostedService): ListeningServer;
}

const httpRequest = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

const subjects: readonly Subject[] = [
	{
		name: "node:tls",
		request: "held",
		create: (options, program, service) =>
			createServer(options, (socket) => {
				socket.on("error", () => {});
				socket.once("data", () => {
					const done = service.enter(socket, "held");
					program.once("finish", () => socket.end("whole", done));
					program.emit("held");
				});
			}),
	},
	{
		name: "node:https",
		request: httpRequest,
		create: (options, program) =>
			createHttpsServer(options, (_request, response) => {
				program.once("finish", () => response.end("whole"));
				program.emit("held");
			}),
	},
	{
		name: "node:http2 with allowHTTP1",
		request: httpRequest,
		create: (options, program) =>
			createSecureServer({ ...options, allowHTTP1: true }, (_request, response) => {
				program.once("finish", () => response.end("whole"));
				program.emit("held");
			}),
	},
];

interface SecureServer extends RunningService {
	readonly server: ListeningServer;
	readonly path: string;
	readonly program: EventEmitter;
	/** Clients whose handshakes had all begun before the first of them ended, each with a held request. */
	connectAll(): Promise<Promise<string>[]>;
}

async function open(t: TestContext, subject: Subject): Promise<SecureServer> {
	const started = await running(t);
	const program = new EventEmitter().setMaxListeners(0);
	const waiting: (() => void)[] = [];
	const options: TlsOptions = {
		...certificate,
		SNICallback: (_name, finish) => void waiting.push(() => finish(null, createSecureContext(certificate))),
	};
	const server = subject.create(options, program, started.service);
	const path = freePath(t);
	const protocol = subject.name === "node:tls" ? ({ inFlight: "work" } as const) : undefined;
	await started.service.listen("secure", server, { path }, protocol);
	let held = 0;
	program.on("held", () => held++);
	const connectAll = async (): Promise<Promise<string>[]> => {
		const clients = Array.from({ length: CLIENTS }, () => clientOf(t, path, subject.request));
		await started.until(() => waiting.length === CLIENTS);
		for (const finish of waiting) finish();
		await started.until(() => held === CLIENTS);
		return clients;
	};
	return { ...started, server, path, program, connectAll };
}

/** Sends the request, and resolves to the end of what came back, or the code of the error. */
function clientOf(t: TestContext, path: string, request: string): Promise<string> {
	const socket = secureConnect({ path, servername: "localhost", rejectUnauthorized: false });
	t.after(() => socket.destroy());
	let received = "";
	socket.setEncoding("latin1").on("data", (text: string) => {
		received += text;
	});
	socket.write(request);
	return new Promise((resolve) => {
		socket.on("error", ({ code, message }: NodeJS.ErrnoException) => resolve(code ?? message));
		socket.on("close", () => resolve(received.slice(-"whole".length)));
	});
}

for (const subject of subjects) {
	for (const isNotified of [true, false]) {
		const title = isNotified
			? "no connection of a client without an address is taken for an unfinished TLS handshake"
			: "no connection of a client without an address is taken for an unfinished TLS handshake where Node.js has no `_parent`";
		test(`${subject.name}: ${title}`, limit, async (t) => {
			const { connectAll, path, program, server, service, until } = await open(t, subject);
			if (!isNotified) hideParents(server);
			const clients = await connectAll();
			// A handshake that never ends. Once the linger has ended it, any connection that is taken for an unfinished handshake has been ended too.
			const accepted = once(server, "connection");
			const mute = connect(path);
			t.after(() => mute.destroy());
			await accepted;
			const muteEnded = once(mute.resume(), "close");
			const closed = service.stop();
			await until(() => !server.listening);
			await muteEnded;
			program.emit("finish");
			assert.deepEqual(await Promise.all(clients), Array(CLIENTS).fill("whole"));
			const { ok, hardStop } = await closed;
			assert.deepEqual({ ok, hardStop }, { ok: true, hardStop: undefined });
		});
	}
}

/** Removes the undocumented `_parent` while Node.js itself does not need it. */
function hideParents(server: Server): void {
	const { emit } = server;
	server.emit = (event: string | symbol, ...args: unknown[]): boolean => {
		if (event !== "secureConnection") return Reflect.apply(emit, server, [event, ...args]);
		const socket = args[0] as { _parent: unknown };
		const { _parent: parent } = socket;
		socket._parent = null;
		process.nextTick(() => {
			socket._parent = parent;
		});
		return Reflect.apply(emit, server, [event, ...args]);
	};
}
