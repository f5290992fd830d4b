import type { Session } from "node:inspector";

type Function_ = (...args: never[]) => unknown;

/** By this the debugger is shown a function; it is there for one moment. */
const KEY = Symbol.for("lastcall.function");

/**
 * Where each function was written: `/app/server.js:12`, or `undefined` where this Node.js can't tell; for a bound one, what it
 * is bound to. Only its own debugger knows, which is asked for a moment; that makes all code slower while it lasts.
 */
export function locationsOf(functions: readonly Function_[]): (string | undefined)[] {
	let session: Session | undefined;
	try {
		const inspector = process.getBuiltinModule("node:inspector");
		session = new inspector.Session();
		session.connect();
		const urls = new Map<string, string>();
		session.on("Debugger.scriptParsed", ({ params }) => urls.set(params.scriptId, params.url));
		session.post("Debugger.enable");
		const asked = session;
		return functions.map((one) => placeOf(asked, one, urls));
	} catch {
		// A Node.js without a debugger.
		return functions.map(() => undefined);
	} finally {
		session?.disconnect();
	}
}

/** Within one thread the debugger responds before `post` returns. */
function placeOf(session: Session, of: Function_, urls: ReadonlyMap<string, string>): string | undefined {
	const holder = globalThis as unknown as Record<symbol, unknown>;
	let location: { scriptId: string; lineNumber: number } | undefined;
	const look = (objectId: string | undefined): void => {
		if (objectId === undefined) return;
		session.post("Runtime.getProperties", { objectId }, (_error, { internalProperties = [] }) => {
			const internal = (wanted: string) => internalProperties.find(({ name }) => name === wanted)?.value;
			location = internal("[[FunctionLocation]]")?.value;
			if (location === undefined) look(internal("[[TargetFunction]]")?.objectId);
		});
	};
	holder[KEY] = of;
	try {
		session.post(
			"Runtime.evaluate",
			{ expression: `globalThis[Symbol.for("lastcall.function")]` },
			(_error, evaluated) => look(evaluated.result.objectId),
		);
	} finally {
		delete holder[KEY];
	}
	const url = location === undefined ? undefined : urls.get(location.scriptId);
	return url === undefined ? undefined : `${url.replace(/^file:\/\//, "")}:${(location?.lineNumber ?? 0) + 1}`;
}
