import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const server = fileURLToPath(new URL("../fixtures/watched-server.js", import.meta.url));
/** A watch mode needs a moment before it sees changes. */
const SETTLE_MS = 1_000;

/** The watch modes, as command lines. */
export const WATCH_MODES: Readonly<Record<string, (file: string) => string[]>> = {
	"node --watch": (file) => ["--watch", file],
	"tsx watch": (file) => [join(dirname(require.resolve("tsx/package.json")), "dist/cli.mjs"), "watch", file],
	nodemon: (file) => [nodemon(), file],
	"nodemon --signal SIGTERM": (file) => [nodemon(), "--signal", "SIGTERM", file],
};

function nodemon(): string {
	return join(dirname(require.resolve("nodemon/package.json")), "bin/nodemon.js");
}

/** A server under a watch mode, in a folder of its own. */
export class Watched {
	readonly #folder: string = mkdtempSync(join(dirname(server), "watched-"));
	readonly #file: string = join(this.#folder, "server.mjs");
	readonly #child: ChildProcess;
	readonly #ports: number[] = [];
	#saves = 0;
	#whenListening: (() => void) | undefined;

	constructor(mode: string, kind: "bare" | "lastcall") {
		this.#save();
		this.#child = spawn(process.execPath, WATCH_MODES[mode]?.(this.#file) ?? [], {
			cwd: this.#folder,
			env: { ...process.env, WATCHED: kind },
			stdio: ["ignore", "pipe", "ignore"],
			detached: true,
		});
		if (this.#child.stdout === null) throw new Error("no standard output");
		createInterface(this.#child.stdout).on("line", (line) => {
			const [, port] = /^port (\d+)$/.exec(line) ?? [];
			if (port === undefined) return;
			this.#ports.push(Number(port));
			this.#whenListening?.();
		});
	}

	/** Saves the file, while a client keeps an idle connection open. Resolves to the milliseconds until the new server listens. */
	async measureSave(): Promise<number> {
		while (this.#ports.length === 0) await this.#listening();
		const tab = connect(this.#ports.at(-1) ?? 0, "127.0.0.1").on("error", () => {});
		tab.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
		await once(tab, "data");
		await delay(SETTLE_MS);
		const listening = this.#listening();
		const savedAt = performance.now();
		this.#save();
		await listening;
		const tookMs = performance.now() - savedAt;
		tab.destroy();
		return tookMs;
	}

	async end(): Promise<void> {
		const ended = once(this.#child, "exit");
		process.kill(-(this.#child.pid ?? 0), "SIGKILL");
		await ended;
		rmSync(this.#folder, { recursive: true });
	}

	#listening(): Promise<void> {
		return new Promise((resolve) => {
			this.#whenListening = resolve;
		});
	}

	#save(): void {
		writeFileSync(this.#file, `// ${++this.#saves}\nimport ${JSON.stringify(server)};\n`);
	}
}
