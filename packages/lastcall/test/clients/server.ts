import { type ChildProcess, execFileSync, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePorts } from "../support/free-ports.ts";

/** Where Debian puts servers that are not in PATH, or are there only as a script that asks for another user. */
const FIRST_FOLDERS = ["/usr/lib/rabbitmq/bin"];
const LAST_FOLDERS = [...[18, 17, 16, 15, 14].map((version) => `/usr/lib/postgresql/${version}/bin`), "/usr/sbin"];

/** A server that takes longer to start is broken. No test asserts on it. */
const START_GUARD_MS = 60_000;

/** A kind of real server: how it is started, from nothing. */
export interface ServerKind {
	readonly name: string;
	/** The programs that must be there. */
	readonly binaries: readonly string[];
	/** The user that runs it, for servers that refuse to run as root. Ignored where the tests don't run as root. */
	readonly user?: string;
	/** Prepares the folder and starts the server, with `ports` of its own. */
	start(at: Place): Promise<void> | void;
	/** Resolves once the server is up; rejects or throws before. */
	probe(ports: readonly number[]): Promise<unknown>;
}

/** What a server gets at its start. */
export interface Place {
	/** Empty at the start, used by this server alone, and removed afterwards. */
	readonly folder: string;
	readonly ports: readonly number[];
	/** Runs a program to its end, as the server's user. */
	prepare(binary: string, args: readonly string[]): void;
	/** Starts a process that is ended by `signal`. */
	serve(binary: string, args: readonly string[], env?: NodeJS.ProcessEnv, signal?: NodeJS.Signals): void;
}

/** The path of each of a kind's programs, or the one that is missing. */
function locate(kind: ServerKind): { missing: string } | { paths: Map<string, string> } {
	const folders = [...FIRST_FOLDERS, ...(process.env.PATH ?? "").split(delimiter), ...LAST_FOLDERS];
	const paths = new Map<string, string>();
	for (const binary of kind.binaries) {
		const path = folders.map((folder) => join(folder, binary)).find(isExecutable);
		if (path === undefined) return { missing: binary };
		paths.set(binary, path);
	}
	return { paths };
}

/** What is missing to run this kind of server; undefined if nothing is. */
export function missing(kind: ServerKind): string | undefined {
	const located = locate(kind);
	return "missing" in located ? `${located.missing} is not installed` : undefined;
}

/** A server for one test, on the loopback, with its data in a temporary folder. */
export class RealServer {
	readonly ports: readonly number[];
	readonly #folder: string;
	readonly #processes: {
		readonly child: ChildProcess;
		readonly signal: NodeJS.Signals;
		readonly closed: Promise<unknown>;
	}[] = [];
	#output = "";

	/** Resolves once the server is up. */
	static async start(kind: ServerKind): Promise<RealServer> {
		const located = locate(kind);
		if ("missing" in located) throw new Error(`${located.missing} is not installed`);
		const server = new RealServer(await freePorts(4));
		try {
			await server.#start(kind, located.paths);
			return server;
		} catch (error) {
			await server.stop();
			throw new Error(`${kind.name} did not start: ${error}\n${server.#output}`);
		}
	}

	private constructor(ports: readonly number[]) {
		this.ports = ports;
		this.#folder = mkdtempSync(join(tmpdir(), "lastcall-server-"));
	}

	async #start(kind: ServerKind, paths: ReadonlyMap<string, string>): Promise<void> {
		const user = process.getuid?.() === 0 ? kind.user : undefined;
		if (user !== undefined) execFileSync("chown", [`${user}:`, this.#folder]);
		const env = { ...process.env, HOME: this.#folder };
		const options: SpawnOptions = { cwd: this.#folder, stdio: ["ignore", "pipe", "pipe"] };
		await kind.start({
			folder: this.#folder,
			ports: this.ports,
			prepare: (binary, args) => {
				const [command = "", ...rest] = asUser(user, "KILL", [paths.get(binary) ?? binary, ...args]);
				const { status, stdout, stderr } = spawnSync(command, rest, { ...options, env, encoding: "utf8" });
				if (status !== 0) throw new Error(`${binary} failed: ${stdout}${stderr}`);
			},
			serve: (binary, args, more = {}, signal = "SIGTERM") => {
				const [command = "", ...rest] = asUser(user, signal.slice(3), [paths.get(binary) ?? binary, ...args]);
				const child = spawn(command, rest, { ...options, env: { ...env, ...more } });
				for (const stream of [child.stdout, child.stderr]) {
					stream?.setEncoding("utf8").on("data", (text: string) => {
						this.#output = (this.#output + text).slice(-10_000);
					});
				}
				child.once("error", (error) => {
					this.#output += error.message;
				});
				this.#processes.push({ child, signal, closed: once(child, "close").catch(() => {}) });
			},
		});
		const guard = AbortSignal.timeout(START_GUARD_MS);
		for (;;) {
			try {
				return void (await kind.probe(this.ports));
			} catch (error) {
				if (guard.aborted || this.#processes.some(({ child }) => child.exitCode !== null)) throw error;
				await setTimeout(50);
			}
		}
	}

	/** Resolves when the server is gone and its folder is removed. */
	async stop(): Promise<void> {
		// The newest first, as a service closes its resources.
		for (const { child, signal, closed } of this.#processes.toReversed()) {
			if (child.exitCode === null && child.signalCode === null) child.kill(signal);
			await closed;
		}
		rmSync(this.#folder, { recursive: true, force: true });
	}
}

/** The server runs as `user`, and ends with this process, since a test that is killed can't stop it. Linux only. */
function asUser(user: string | undefined, deathSignal: string, command: readonly string[]): readonly string[] {
	if (process.platform !== "linux") return command;
	const as = user === undefined ? [] : ["--reuid", user, "--regid", user, "--init-groups"];
	return ["setpriv", "--pdeathsig", deathSignal, ...as, "--", ...command];
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
