import type { Session } from "node:inspector";

/** By this the debugger is shown the function; it is there for one moment. */
const KEY = "lastcall.function";

/**
 * Where a function was written: `/app/server.js:12`, or `undefined` where this Node.js can't tell. Only its own debugger
 * knows, which is asked for a moment; that makes all code slower while it lasts.
 */
export function locationOf(of: (...args: never[]) => unknown): string | undefined {
	const holder = globalThis as unknown as Record<symbol, unknown>;
	let session: Session | undefined;
	try {
		const inspector = process.getBuiltinModule("node:inspector");
		session = new inspector.Session();
		session.connect();
		holder[Symbol.for(KEY)] = of;
		return ask(session);
	} catch {
		// A Node.js without a debugger.
		return undefined;
	} finally {
		delete holder[Symbol.for(KEY)];
		session?.disconnect();
	}
}

/** Within one thread the debugger answers before `post` returns. */
function ask(session: Session): string | undefined {
	const urls = new Map<string, string>();
	let location: { scriptId: string; lineNumber: number } | undefined;
	session.on("Debugger.scriptParsed", ({ params }) => urls.set(params.scriptId, params.url));
	session.post("Debugger.enable");
	session.post("Runtime.evaluate", { expression: `globalThis[Symbol.for("${KEY}")]` }, (_error, { result }) => {
		if (result.objectId === undefined) return;
		session.post("Runtime.getProperties", { objectId: result.objectId }, (_failed, { internalProperties = [] }) => {
			location = internalProperties.find(({ name }) => name === "[[FunctionLocation]]")?.value?.value;
		});
	});
	const url = location === undefined ? undefined : urls.get(location.scriptId);
	return url === undefined ? undefined : `${url.replace(/^file:\/\//, "")}:${(location?.lineNumber ?? 0) + 1}`;
}
