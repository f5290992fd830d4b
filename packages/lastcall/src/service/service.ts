import type { ListenOptions } from "node:net";
import type { Duplex } from "node:stream";
import type { InFlight } from "../core/drainable.ts";
import type { Phase } from "../core/phase.ts";
import type { ShutdownReport } from "../core/report.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { StopReason } from "../core/stop-reason.ts";
import type { TimeOptions } from "../core/time-options.ts";
import type { HealthOptions } from "../health/health-options.ts";
import type { Log } from "../observe/reporter.ts";
import type { Usable } from "../resources/resource-kinds.ts";
import type { ResponseLike } from "../servers/peers/drain-signals.ts";
import type { ProtocolOptions } from "../servers/peers/protocol-options.ts";
import type { ClosingMessage } from "../servers/peers/socket-peer.ts";
import type { ListeningServer, Servable } from "../servers/server-kinds.ts";
import type { HealthProbes } from "./service-health.ts";

/** Ends a unit of work: see `enter`. */
export interface Done extends Disposable {
	(): void;
}

/** Where a part of a program registers everything that has to end well. */
export interface Group {
	/**
	 * Aborts when draining begins, with a `StoppedError` as its reason. Work that could go on for ever ends itself then;
	 * work that will be done in time takes no notice.
	 */
	readonly drainSignal: AbortSignal;
	/** Aborts when time has run out. A handler that can give up early listens to it; whoever goes on is dropped. */
	readonly hardStopSignal: AbortSignal;
	/**
	 * Makes `server` listen and resolves to it once it does. It is drained at the shutdown; the program must not close it.
	 * @param where as for `server.listen()`: a port, or `{ port, host, path, fd, … }`
	 * @param protocol of a `node:net` or `node:tls` server: what is in flight in it, and its closing message
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
	 * Socket.IO: the HTTP server that they are attached to is served by its own name. An event of Socket.IO whose acknowledgement is
	 * outstanding is in flight; a message of `ws` is not, unless the program has called `enter` for it. The server of
	 * `@grpc/grpc-js` may be served before or after `bindAsync`: each of its ports is drained, and the clients that watch its
	 * health are told to call again. Returns the server.
	 *
	 * An error that the server emits stops the service, such as a port that is taken. Where the program listens for `error` itself,
	 * it does so only if the server is not listening 2 s after the last one: the program may try the next port.
	 * @throws {StoppedError} where the service is draining already
	 */
	serve<S extends Servable>(name: string, server: S, protocol?: ProtocolOptions): S;
	/**
	 * Registers a socket that is no longer HTTP's: an upgrade, a CONNECT tunnel. It is in flight until it has ended, under
	 * this name. While draining it is told by `closingMessage`, or else half-closed behind what was written; the hard stop ends
	 * it. One that comes while draining is told as well. Where the peer does not close its side then, the connection is
	 * destroyed: after `lingerMs` of silence (at least 1 s, or a tenth of the time that is left), after twice that where only a drip
	 * comes, and after half of the time that is left where the peer goes on sending. The report names it in `endedEarly`.
	 * While `closingMessage` has returned a promise that is pending, or work that `enter` has begun is in flight, it is not. Returns the
	 * socket.
	 * @throws {StoppedError} from closing on: the socket has been destroyed
	 */
	upgraded<S extends Duplex>(name: string, socket: S, closingMessage?: ClosingMessage<S>): S;
	/**
	 * For a handler whose response has no end of its own, over HTTP/1.1, HTTP/2 or gRPC (there it is the call): aborts when it
	 * should end it, which is when draining begins (of many, some sooner and some later), or when its client has gone. A response
	 * that ends by itself needs none, also where it is an event stream. An event stream whose handler does not heed its signal is
	 * ended after a whole event when the drain's time is nearly over.
	 * @throws {TypeError} where it is no response
	 */
	drainSignalFor(answer: ResponseLike): AbortSignal;
	/**
	 * Closes `resource` at the shutdown, after the drain, by its `Symbol.asyncDispose` or `Symbol.dispose`. What was
	 * acquired last is closed first, and only then the next (but see `group`). Returns the resource. Node's own kinds are
	 * closed gracefully, and by force where time is up before they have ended:
	 *
	 * - a **child process** is told to stop and waited for; SIGKILL when time is up. A child that calls `run` itself and has
	 *   an IPC channel (`fork`) is told through that, as often as needed without harm; any other gets SIGTERM. What it
	 *   leaves behind is ended with it where it leads a group (`detached: true`, not on Windows). A Ctrl+C in a terminal has
	 *   reached a child in our own group already: it gets no signal. An exit code other than 0 is a failure of its closing,
	 *   except for 143 (SIGTERM) and 128 + n of the signal that stops this program; while the service is running, it stops
	 *   it. So is a shutdown of the child that left something. A child whose end is work to wait for is a `task` that
	 *   awaits its `exit`. If `process.exit()` is called before its turn, it is told to stop and not waited for.
	 * - a **worker thread** that calls `run` itself shuts down as a program does, and is waited for; any other is
	 *   terminated. An error that it ends with while the service is running stops it.
	 * - **`cluster`**, in the primary: all its workers as they are then, side by side, as child processes; one that ends
	 *   while the service is running is the program's to replace. Workers under `run` close their listeners together.
	 * - a **stream** is ended, and destroyed when all that was written has arrived; one that is only read is destroyed.
	 * - an **`http.Agent`** or a **dispatcher** of undici closes its idle connections, and those in use when their
	 *   requests have ended.
	 * @throws {TypeError} where it is none of these
	 * @throws {StoppedError} where the service is closed already: the resource has been closed then, too
	 */
	use<R extends Usable>(name: string, resource: R): R;
	/** The same for a resource that is closed in another way. */
	adopt<R>(name: string, resource: R, close: (resource: R) => unknown): R;
	/** The same where there is no resource to name. `service.reason` says why the service stops. */
	defer(name: string, close: () => unknown): void;
	/**
	 * Runs work that counts as in flight until it has ended; `signal` is `service.drainSignal`. An error that it ends with stops
	 * the service, except for that very signal's. Work begun while draining is waited for too.
	 * @throws {StoppedError} from closing on: the work has not begun
	 */
	task(name: string, work: (signal: AbortSignal) => unknown): void;
	/**
	 * Runs a task again and again: first in `ms` milliseconds, then `ms` after the end of each run, so that runs never
	 * overlap and a slow one makes none come sooner. A run that fails stops the service, as a task does, and is the last.
	 * When draining begins, a run under way is waited for and none begins any more. Until then it keeps the program
	 * running, as a server does; between two runs nothing is in flight.
	 * @throws {RangeError} where `ms` is less than 1, or more than a timer can measure
	 * @throws {StoppedError} where the service is draining already: the work will never run
	 */
	every(name: string, ms: number, work: (signal: AbortSignal) => unknown): void;
	/**
	 * Counts a unit of the program's own work as in flight (a message, a job) until what it returns is called, or disposed
	 * of by `using`. Whoever enters must call it, whichever way the work ends; a second call does nothing. Work
	 * that was accepted before may still enter while draining.
	 * @param what tells it from others of its name, in the log and the report: `message 17`. Default: `work`
	 * @throws {StoppedError} from closing on: nobody would wait for it
	 */
	enter(name: string, what?: string): Done;
	/**
	 * The same for work on a long-lived connection: its client gets no closing message before the work is done. The
	 * connection is a `WebSocket` of `ws`, a `Socket` of Socket.IO, a socket of a `node:net` or `node:tls` server, or an
	 * upgraded one, and the work goes by the name of its server.
	 * @throws {TypeError} where it is no such connection of this program's
	 */
	enter(connection: object, what?: string): Done;
	/**
	 * Starts a part of the program whose resources are closed in reverse among themselves, but side by side with those of
	 * other groups that were being started at the same time: start both without awaiting the first, and they are closed
	 * at the same time, too. What begins when `start` has ended is closed before all that the group acquired. So a group
	 * that needs another begins after it: await that one before the call, not within `start`.
	 *
	 * What is registered with the group that `start` is given has the group's name before its own: `orders/postgres`. The
	 * group is in flight until `start` has ended. What is registered with it later closes as if it had been with
	 * what the group is in. Where `start` fails, what it has acquired stays, and is closed with the service.
	 * @returns what `start` does
	 * @throws what `start` throws; the service doesn't stop for it, unless `main` lets it through
	 * @throws {StoppedError} where the service is stopping already: `start` has not begun
	 */
	group<T>(name: string, start: (group: Group) => T): Promise<Awaited<T>>;
}

/** What `main` gets: the group that all the others are in, and the life of the whole. */
export interface Service extends Group {
	/** The name of the program. */
	readonly name: string;
	/** Where the service is in its life: `starting`, `running`, `lame-duck`, `draining`, `closing`, `closed`. */
	readonly phase: Phase;
	/**
	 * What began the shutdown, once something has: for a closer that must know. `service.drainSignal` aborts later, when draining
	 * begins.
	 */
	readonly reason: StopReason | undefined;
	/** Reports whether new work may be sent here: true from the end of `main` to the stop reason. */
	readonly ready: boolean;
	/** What is in flight now, oldest first: requests, tasks, units of work, `main` and groups that start, closers. */
	inFlight(): InFlight[];
	/** All of this at one instant, and how much time is left. */
	snapshot(): Snapshot;
	/**
	 * What platforms ask: is it alive, ready, started? Readiness is true while the service is `ready` and all checks are
	 * ok; liveness until the service is closed; both are asked at `GET` or `HEAD`. The answer is JSON that says which
	 * check failed; why is in the log, once.
	 * @throws {TypeError} for an option that there isn't, or one of the wrong type
	 * @throws {RangeError} for a time that is out of range
	 */
	health(options?: HealthOptions): HealthProbes;
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
	 * Where the log goes: `"plain"` lines or `"json"` lines on standard error; a function that takes each line, without its
	 * line end; a logger of your own; `false` for nowhere.
	 * @default plain lines on standard error; on a terminal with, below them, what is in flight and the time left
	 */
	readonly log?: Log | undefined;
	/**
	 * Whether requests are named with their query strings: in the log, the report, `service.inFlight()`, at `/statusz` and on the
	 * diagnostics channel. Query strings often hold secrets, such as access tokens. A user and a password in a URL are never
	 * in a name.
	 * @default false
	 */
	readonly showQueryStrings?: boolean | undefined;
}
