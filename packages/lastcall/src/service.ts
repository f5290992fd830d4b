import type { ListenOptions } from "node:net";
import type { Duplex } from "node:stream";
import type { InFlight } from "./core/drainable.ts";
import type { TimeOptions } from "./core/options.ts";
import type { Phase } from "./core/phase.ts";
import type { ShutdownReport } from "./core/report.ts";
import type { AnswerLike } from "./servers/drain-signals.ts";
import type { ProtocolOptions } from "./servers/net-server.ts";
import type { ListeningServer, Servable } from "./servers/server-kinds.ts";
import type { Goodbye } from "./servers/socket-peer.ts";

/** What `main` gets: where a program registers everything that has to end well. */
export interface Service {
	/** Where the service is in its life: `starting`, `running`, `lame-duck`, `draining`, `closing`, `closed`. */
	readonly phase: Phase;
	/** Reports whether new work may be sent here: true from the end of `main` to the stop reason. */
	readonly ready: boolean;
	/**
	 * Aborts when draining begins, with a `StoppedError` as its reason. Work that could go on for ever ends itself then;
	 * work that will be done in time takes no notice.
	 */
	readonly signal: AbortSignal;
	/** Aborts when time has run out. A handler that can give up early listens to it; whoever goes on is dropped. */
	readonly hardStop: AbortSignal;
	/** What is in flight now, oldest first: requests, tasks, `main`, closers. */
	inFlight(): InFlight[];
	/**
	 * Makes `server` listen and resolves to it once it does. It is drained at the shutdown; the program must not close it.
	 * @param where as for `server.listen()`: a port, or `{ port, host, path, fd, … }`
	 * @param protocol of a `node:net` or `node:tls` server: what is in flight in it, and how it says goodbye
	 * @throws the server's own error (`EADDRINUSE`, …) with `name` in its message
	 * @throws {StoppedError} where the service is stopping already: nothing was opened
	 */
	listen<S extends ListeningServer>(
		name: string,
		server: S,
		where: ListenOptions | number,
		protocol?: ProtocolOptions,
	): Promise<S>;
	/**
	 * The same for a server that listens already, or that a framework starts. Connections that were accepted before are
	 * known from their next request on; they are drained too. So is a `WebSocketServer` of `ws`, and a `Server` of
	 * Socket.IO: the HTTP server that they are attached to is served by its own name. Returns the server.
	 * @throws {StoppedError} where the service is draining already
	 */
	serve<S extends Servable>(name: string, server: S, protocol?: ProtocolOptions): S;
	/**
	 * Registers a socket that is no longer HTTP's: an upgrade, a CONNECT tunnel. It is in flight until it has ended, under
	 * this name. While draining it is told by `goodbye`, or else half-closed behind what was written; the hard stop ends
	 * it. One that comes while draining is told as well. Returns the socket.
	 * @throws {StoppedError} from closing on: the socket has been destroyed
	 */
	upgraded<S extends Duplex>(name: string, socket: S, goodbye?: Goodbye<S>): S;
	/**
	 * Begins a unit of work on a long-lived connection, in flight as `what` until the returned function is called: its
	 * client is not said goodbye to before. The connection is a `WebSocket` of `ws`, a `Socket` of Socket.IO, a socket of a
	 * `node:net` or `node:tls` server, or an upgraded one.
	 * @throws {TypeError} where it is no such connection of this program's
	 */
	busy(connection: object, what: string): () => void;
	/**
	 * For a handler whose answer has no end of its own, over HTTP/1.1 or HTTP/2: aborts when it should end it, which is when draining begins (of many,
	 * some sooner and some later), or when its client has gone. An answer that has one is never ended for its handler.
	 * @throws {TypeError} where it is no answer
	 */
	signalFor(answer: AnswerLike): AbortSignal;
	/**
	 * Closes `resource` at the shutdown, after the drain, by its `Symbol.asyncDispose` or `Symbol.dispose`. What was
	 * acquired last is closed first. Returns the resource.
	 * @throws {TypeError} where it has neither
	 * @throws {StoppedError} where the service is closed already: the resource has been closed then, too
	 */
	use<R extends AsyncDisposable | Disposable>(name: string, resource: R): R;
	/** The same for a resource that is closed in another way. */
	adopt<R>(name: string, resource: R, close: (resource: R) => unknown): R;
	/** The same where there is no resource to name. */
	defer(name: string, close: () => unknown): void;
	/**
	 * Runs work that counts as in flight until it has ended; `signal` is `service.signal`. An error that it ends with stops
	 * the service, except for that very signal's. Work begun while draining is waited for too.
	 * @throws {StoppedError} from closing on: the work has not begun
	 */
	task(name: string, work: (signal: AbortSignal) => unknown): void;
	/**
	 * Begins the shutdown; `why` goes into the log and the report. A second call changes nothing. Resolves to the report
	 * when all is closed and never rejects: don't await it in a handler or a task, which would wait for itself.
	 */
	stop(why?: string): Promise<ShutdownReport>;
}

/** A service that its host starts and ends: see {@link createService}. */
export interface HostedService extends Service {
	/**
	 * Runs `main` as the start-up; the service is ready when it has ended.
	 * @throws what `main` throws, after which everything it acquired is closed again; `closed` tells when that is done
	 * @throws {StoppedError} where the service was stopped before: `main` has not begun
	 */
	start(main?: (service: Service) => unknown): Promise<void>;
	/**
	 * Ends now: begins the shutdown if nothing has, drops what is in flight, gives closers no more time than to begin.
	 * Resolves to the report.
	 */
	stopNow(why?: string): Promise<ShutdownReport>;
	/** Resolves to the report when the service is closed. Never rejects. */
	readonly closed: Promise<ShutdownReport>;
}

/** The options of {@link createService}. */
export interface ServiceOptions extends TimeOptions {
	/**
	 * The name of the program in the log.
	 * @default the file name of the program's main module
	 */
	readonly name?: string | undefined;
	/** Begins the shutdown when it aborts, as a signal would: a caller's way to end a run. */
	readonly signal?: AbortSignal | undefined;
	/**
	 * Where the log goes, a line a call, without a line end; `false` for nowhere.
	 * @default standard error
	 */
	readonly log?: ((line: string) => void) | false | undefined;
}
