import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.ts";
import { pinned, SERVER_CORE } from "./pinned.ts";

/** A running server that is faster than its clients. */
export interface NginxServer {
	readonly port: number;
	/** The pid of the one process that responds. */
	readonly workerPid: number;
	end(): Promise<void>;
}

const source = fileURLToPath(new URL("../../load/nginx.conf", import.meta.url));

/** Starts nginx with one worker on the server's core. The caller must end it. */
export async function startNginx(): Promise<NginxServer> {
	const port = await freePort();
	return { port, ...(await startNginxWith(source, { port: `${port}` })) };
}

/** Starts nginx as a file says, in which each of `words` stands between two `@`. The caller must end it. */
export async function startNginxWith(
	source: string,
	words: Readonly<Record<string, string>>,
): Promise<Omit<NginxServer, "port">> {
	const folder = await mkdtemp(join(tmpdir(), "lastcall-load-"));
	const file = join(folder, "nginx.conf");
	const text = await readFile(source, "utf8");
	const all: Readonly<Record<string, string>> = { ...words, folder };
	await writeFile(
		file,
		text.replaceAll(/@(\w+)@/g, (place, word: string) => all[word] ?? place),
	);
	const command = ["/usr/sbin/nginx", "-e", join(folder, "error.log"), "-c", file];
	const [program, ...args] = pinned(SERVER_CORE, command);
	const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
	const exited = once(child, "exit");
	// taskset replaces itself with nginx.
	const children = `/proc/${child.pid}/task/${child.pid}/children`;
	let workerPid = 0;
	while (workerPid === 0) {
		if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
		await delay(50);
		workerPid = Number.parseInt(await readFile(children, "latin1").catch(() => ""), 10) || 0;
	}
	const end = async (): Promise<void> => {
		child.kill();
		await exited;
		await rm(folder, { recursive: true, force: true });
	};
	return { workerPid, end };
}
