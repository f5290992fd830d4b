import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Peer } from "./peer.ts";
import { sourceFile } from "./source-file.ts";

const python = sourceFile("python");
const goProgram = fileURLToPath(new URL("./go/server", import.meta.url));

/** A server of Go with the paths of this folder and of the comparison. */
export const go: Peer = {
	name: "Go `net/http`, `Shutdown`",
	debian: "golang-go",
	build: async () => {
		await mkdir(fileURLToPath(new URL("./go", import.meta.url)), { recursive: true });
		await promisify(execFile)("/usr/bin/go", ["build", "-o", goProgram, sourceFile("go/main.go")]);
	},
	launch: () => ({ command: [goProgram] }),
};

const uvicorn: Peer = {
	name: "uvicorn",
	debian: "python3-uvicorn",
	launch: ({ port }) => ({
		// Debian's interpreter, by path: another one in PATH doesn't know Debian's packages.
		command: [
			"/usr/bin/python3",
			"-m",
			"uvicorn",
			"--app-dir",
			python,
			"--port",
			`${port}`,
			"--no-access-log",
			"asgi:app",
		],
	}),
};

const gunicorn: Peer = {
	name: "gunicorn, threads",
	debian: "gunicorn",
	launch: ({ port }) => {
		// Threads, since its other workers keep no connection alive or can't bear this load.
		const workers = ["--workers", "2", "--threads", "32", "--graceful-timeout", "4"];
		return {
			command: ["/usr/bin/gunicorn", "--chdir", python, "--bind", `127.0.0.1:${port}`, ...workers, "wsgi:app"],
		};
	},
};

/** Programs that a signal stops. */
export const PROGRAM_PEERS: readonly Peer[] = [go, uvicorn, gunicorn];
