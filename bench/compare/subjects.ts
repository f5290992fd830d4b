/** The Node.js of every peer: some of them need a newer one than this repository. */
export const NODE_MAJOR = "24";

/** What a server can be asked over. */
export type Scheme = "http" | "https" | "h2" | "ws";

/** One row of the comparison. */
export interface Subject {
	/** In file names, and for `--peers`. */
	readonly key: string;
	readonly name: string;
	readonly runtime: "node" | "bun" | "deno" | "go";
	/** What npm installs, in exact versions. Empty where the runtime has it all; `lastcall` is packed from this checkout. */
	readonly packages: readonly string[];
	/** What a program of this peer imports over `node:http`. */
	readonly imports: readonly string[];
	readonly schemes: readonly Scheme[];
	/** A framework, whose instructions are not those of its shutdown, or a library that is not attached to the server. */
	readonly isNotCounted?: boolean;
}

const ALL: readonly Scheme[] = ["http", "https", "h2", "ws"];
const HTTP1: readonly Scheme[] = ["http", "https", "ws"];

function library(key: string, version: string, schemes: readonly Scheme[] = ALL, name = key): Subject {
	const npm = name.replace(/ .*/, "");
	return { key, name, runtime: "node", packages: [`${npm}@${version}`], imports: [npm], schemes };
}

/** Every row. lastcall, which the others are compared with, is the first; Node.js alone, which its cost is compared with, the second. */
export const SUBJECTS: readonly Subject[] = [
	{ key: "lastcall", name: "lastcall", runtime: "node", packages: ["lastcall"], imports: ["lastcall"], schemes: ALL },
	{ key: "close", name: "Node.js, `server.close()`", runtime: "node", packages: [], imports: [], schemes: ALL },
	library("terminus", "4.12.1", ALL, "@godaddy/terminus"),
	library("http-terminator", "3.2.0"),
	library("lil-http-terminator", "1.2.3"),
	// Wraps `https.Server` and `http.Server` only.
	library("stoppable", "1.1.0", HTTP1),
	library("http-graceful-shutdown", "4.0.0"),
	library("http-shutdown", "1.2.2"),
	{ ...library("lightship", "9.0.4"), isNotCounted: true },
	{
		key: "close-with-grace",
		name: "close-with-grace, Fastify",
		runtime: "node",
		packages: ["close-with-grace@2.5.0", "fastify@5.12.8"],
		imports: ["close-with-grace", "fastify"],
		schemes: ["http", "https", "h2"],
		isNotCounted: true,
	},
	{
		key: "nestjs",
		name: "NestJS, shutdown hooks",
		runtime: "node",
		packages: [
			"@nestjs/core@12.5.1",
			"@nestjs/common@12.5.1",
			"@nestjs/platform-express@12.5.1",
			"reflect-metadata",
			"rxjs",
		],
		imports: ["reflect-metadata", "@nestjs/common", "@nestjs/core"],
		schemes: ["http", "https"],
		isNotCounted: true,
	},
	{
		key: "effect",
		name: "Effect, `runMain`",
		runtime: "node",
		packages: ["effect@4.1.0", "@effect/platform-node@4.1.0"],
		imports: ["effect", "effect/http", "@effect/platform-node"],
		schemes: ["http", "https"],
		isNotCounted: true,
	},
	{ key: "bun", name: "Bun, `server.stop()`", runtime: "bun", packages: [], imports: [], schemes: HTTP1 },
	{ key: "deno", name: "Deno, `server.shutdown()`", runtime: "deno", packages: [], imports: [], schemes: ALL },
	{ key: "go", name: "Go, `Shutdown`", runtime: "go", packages: [], imports: [], schemes: ["http"] },
];
