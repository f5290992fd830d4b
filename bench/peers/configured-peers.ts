import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Peer, PeerPlace } from "./peer.ts";
import { sourceFile } from "./source-file.ts";

const LARGE_BYTES = 20_000_000;

/** Puts a configuration into the peer's folder, with the names of folder and port filled in. */
async function configure(source: string, { folder, port }: PeerPlace): Promise<string> {
	const text = await readFile(sourceFile(source), "utf8");
	const file = join(folder, "server.conf");
	await writeFile(file, text.replaceAll("@folder@", folder).replaceAll("@port@", `${port}`));
	// Apache's workers run as another user.
	await chmod(folder, 0o755);
	return file;
}

const nginx: Peer = {
	name: "nginx, `-s quit`",
	debian: "nginx",
	launch: async (place) => {
		const file = await configure("nginx/nginx.conf", place);
		await writeFile(join(place.folder, "large"), Buffer.alloc(LARGE_BYTES, "x"));
		// The location sends one half, and the other half a second later.
		await writeFile(join(place.folder, "slow"), "x".repeat(2_000));
		const nginx = `/usr/sbin/nginx -e ${join(place.folder, "error.log")} -c ${file}`;
		return { command: nginx.split(" "), drillOptions: ["--stop-command", `${nginx} -s quit`] };
	},
};

const apache: Peer = {
	name: "Apache, SIGWINCH",
	debian: "apache2",
	launch: async (place) => {
		const file = await configure("apache/apache.conf", place);
		await mkdir(join(place.folder, "www"));
		await writeFile(join(place.folder, "www/large"), Buffer.alloc(LARGE_BYTES, "x"));
		await copyFile(sourceFile("apache/paths.lua"), join(place.folder, "paths.lua"));
		// The signal of `apachectl graceful-stop`.
		const drillOptions = ["--signal", "SIGWINCH"];
		return { command: ["/usr/sbin/apache2", "-f", file, "-D", "FOREGROUND"], drillOptions };
	},
};

/** Servers that read a configuration file. */
export const CONFIGURED_PEERS: readonly Peer[] = [nginx, apache];
