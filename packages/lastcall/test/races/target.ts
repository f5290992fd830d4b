import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Endpoint } from "lastcall-drill-clients";
import { generate } from "selfsigned";

const program = fileURLToPath(new URL("./fixtures/target.js", import.meta.url));
const otherBuild = new URL("../clients/fixtures/without-lastcall.js", import.meta.url).href;
const certificate = await generate([{ name: "commonName", value: "localhost" }], { keySize: 2048 });

/** Its protocol: HTTP/1.1 or HTTP/2, each without TLS and with it. */
export type Scheme = "http" | "https" | "h2c" | "h2";

export interface TargetOptions {
	/** `bare` closes the server and waits until it is closed, `exit` does not wait. */
	readonly kind: "lastcall" | "bare" | "exit";
	readonly scheme: Scheme;
	/** @default 300 */
	readonly lingerMs?: number;
	/** @default 10_000 */
	readonly gracePeriodMs?: number;
	/** @default 0: any free one */
	readonly port?: number;
	/** The URL of another build of lastcall, to be imported instead of this one. */
	readonly build?: string;
}

/** How the target ended. */
export interface TargetEnd {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	/** `performance.now()`. */
	readonly atMs: number;
}

/** The server under load, in a process of its own. */
export class Target {
	readonly child: ChildProcess;
	readonly at: Endpoint;
	/** The ids of the requests that were handed to its handler; empty for `bare`. */
	executed: readonly string[] = [];
	/** How often `/work` was begun, and how often it was done before its resource was closed; missing for `bare`. */
	work: { readonly begun: number; readonly whole: number } | undefined;
	readonly end: Promise<TargetEnd>;
	stderr = "";

	/** Resolves once it listens. */
	static async start(options: TargetOptions): Promise<Target> {
		const { kind, scheme, lingerMs = 300, gracePeriodMs = 10_000, port: fixedPort = 0, build } = options;
		const child = spawn(
			process.execPath,
			[...(build === undefined ? [] : ["--import", otherBuild]), program, kind, scheme],
			{
				stdio: ["ignore", "pipe", "pipe", "ipc"],
				env: {
					...process.env,
					TLS_KEY: certificate.private,
					TLS_CERT: certificate.cert,
					LINGER_MS: String(lingerMs),
					GRACE_MS: String(gracePeriodMs),
					PORT: String(fixedPort),
					...(build === undefined ? {} : { INSTEAD_OF_LASTCALL: build }),
				},
			},
		);
		const [{ port }] = (await once(child, "message")) as [{ port: number }];
		const tls = scheme === "https" || scheme === "h2" ? { tls: { ca: certificate.cert, insecure: true } } : undefined;
		return new Target(child, { host: "127.0.0.1", port, ...tls });
	}

	private constructor(child: ChildProcess, at: Endpoint) {
		this.child = child;
		this.at = at;
		child.on("message", (message: Pick<Target, "executed" | "work">) => {
			this.executed = message.executed;
			this.work = message.work;
		});
		child.stderr?.setEncoding("utf8").on("data", (text: string) => {
			this.stderr += text;
		});
		this.end = new Promise((resolve) => {
			let atMs = 0;
			child.once("exit", () => {
				atMs = performance.now();
			});
			// By then all of its output has been read.
			child.once("close", (code, signal) => resolve({ code, signal, atMs }));
		});
	}
}
