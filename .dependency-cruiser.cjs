// Which room may import which, in both packages: the pictures of ARCHITECTURE.md. Type imports count. A room is a folder of
// `src`, or a file at its top. No room may import another than those listed, so that no arrow runs back up.

/** @type {Record<string, Record<string, string[]>>} */
const ROOMS = {
	"packages/lastcall/src": {
		core: [],
		observe: ["core"],
		health: ["core"],
		process: ["core"],
		resources: ["core"],
		"servers/listening": ["core"],
		"servers/responses": ["core", "servers/listening"],
		"servers/runtimes": ["core", "servers/listening"],
		"servers/http1": ["core", "servers/listening", "servers/responses", "servers/runtimes"],
		"servers/http2": ["core", "servers/listening", "servers/responses", "servers/http1"],
		"servers/peers": ["core", "servers/listening", "servers/responses", "servers/http1"],
		servers: ["core", "servers/*"],
		service: ["core", "observe", "health", "process", "resources", "servers", "servers/*"],
		testing: ["core", "observe", "service"],
		auto: ["core", "process", "resources", "servers", "servers/*", "service"],
		preload: ["auto"],
		"auto.ts": ["preload"],
		"run.ts": ["core", "process", "service"],
		"index.ts": ["core", "observe", "health", "resources", "servers", "servers/*", "service", "run.ts"],
	},
	"packages/drill/src": {
		record: [],
		wire: ["record"],
		program: ["record"],
		load: ["record", "wire"],
		options: ["record", "wire", "load"],
		verdict: ["record"],
		report: ["record", "verdict", "options"],
		drill: ["record", "wire", "program", "load", "options", "verdict"],
		"cli.ts": ["drill", "options", "program", "report"],
	},
};

/** @param {string} name a room, or `servers/*` for all rooms of `servers` */
function pattern(name) {
	if (name.endsWith("/*")) return `${name.slice(0, -2)}/[^/]+/[^/]+$`;
	return name.endsWith(".ts") ? `${name.replace(".", "[.]")}$` : `${name}/[^/]+$`;
}

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
	forbidden: [
		{ name: "no-circle", severity: "error", from: {}, to: { circular: true } },
		...Object.entries(ROOMS).flatMap(([source, rooms]) => [
			...Object.entries(rooms).map(([room, imported]) => ({
				name: `${source.split("/")[1]}: ${room} imports ${imported.join(", ") || "nothing"}`,
				severity: "error",
				from: { path: `^${source}/${pattern(room)}` },
				to: {
					path: "^packages/[^/]+/(src|page)/",
					pathNot: [room, ...imported].map((name) => `^${source}/${pattern(name)}`),
				},
			})),
			{
				name: `${source.split("/")[1]}: every file is in a room`,
				severity: "error",
				from: { path: `^${source}/`, pathNot: Object.keys(rooms).map((room) => `^${source}/${pattern(room)}`) },
				to: {},
			},
		]),
	],
	options: { tsPreCompilationDeps: true, parser: "swc", doNotFollow: { path: "node_modules" } },
};
