/** One namespace on one client's connection: a `Socket` of Socket.IO. */
interface NamespaceSocket {
	/** The connection, an Engine.IO socket. */
	readonly conn: object;
	use(middleware: (event: unknown[], next: (error?: Error) => void) => void): unknown;
	listenerCount(event: string): number;
}

interface Namespace {
	readonly sockets: ReadonlyMap<string, NamespaceSocket>;
	prependListener(event: "connection", listener: (socket: NamespaceSocket) => void): unknown;
}

interface Namespaces {
	/** The main one, which emits `new_namespace` for those that are created later. */
	readonly sockets: Namespace & {
		on(event: "new_namespace", listener: (namespace: Namespace) => void): unknown;
	};
	/** All of them. Not documented. Without it, only the main one is known. */
	readonly _nsps?: unknown;
}

/** Begins a unit of work on a connection; returns what ends it. */
type Begin = (connection: object, event: string) => () => void;

/** Ends the unit of an event that can't be acknowledged any more, since the program has dropped the function. */
const forgotten = new FinalizationRegistry<() => void>((done) => done());

/**
 * Counts each event by which a client asks for an acknowledgement, from the moment at which it has arrived until the program
 * has acknowledged it. Socket.IO hands the program a function for that, as the last argument of the event: it is replaced
 * by one that does the same and then ends the unit.
 *
 * An event without a listener is not counted, since nothing will acknowledge it. An event that the program drops without
 * acknowledging it is counted until the garbage collector has found that out.
 */
export function countAcks(server: object, begin: Begin): void {
	const { sockets: main, _nsps: all } = server as Namespaces;
	const watch = (namespace: Namespace): void => {
		for (const socket of namespace.sockets.values()) countOn(socket, begin);
		// Before the program's own listeners, and so before their middleware: events that this delays are in flight already.
		namespace.prependListener("connection", (socket) => countOn(socket, begin));
	};
	const known: Iterable<Namespace> = all instanceof Map ? all.values() : [main];
	for (const namespace of known) watch(namespace);
	main.on("new_namespace", watch);
}

function countOn(socket: NamespaceSocket, begin: Begin): void {
	socket.use((event, next) => {
		const [name] = event;
		const ack = event.at(-1);
		if (typeof name === "string" && name !== "" && typeof ack === "function" && socket.listenerCount(name) > 0) {
			const done = begin(socket.conn, name);
			const acknowledge = (...data: unknown[]): void => {
				try {
					ack(...data);
				} finally {
					done();
				}
			};
			forgotten.register(acknowledge, done);
			event[event.length - 1] = acknowledge;
		}
		next();
	});
}
