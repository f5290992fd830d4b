import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeCertificate } from "../fixtures/certificate.ts";
import { freePort } from "../free-port.ts";
import { startNginxWith } from "../load/nginx-server.ts";
import { pinned, SERVER_CORE } from "../load/pinned.ts";
import type { ServerName } from "./wires.ts";

/** Servers for every wire, on one core. */
export interface CostServers {
	readonly urls: Readonly<Record<ServerName, string>>;
	end(): Promise<void>;
}

const source = fileURLToPath(new URL("../../drill-cost/nginx.conf", import.meta.url));
const streamServer = fileURLToPath(new URL("./stream-server.js", import.meta.url));

/** Starts all servers. The caller must end them. */
export async function startServers(): Promise<CostServers> {
	const folder = await mkdtemp(join(tmpdir(), "lastcall-drill-cost-"));
	const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
	const { TLS_KEY, TLS_CERT } = await makeCertificate();
	await Promise.all([writeFile(certificate, TLS_CERT), writeFile(key, TLS_KEY)]);
	const [http, https, http2, http2tls] = [await freePort(), await freePort(), await freePort(), await freePort()];
	const ports = { http: `${http}`, https: `${https}`, http2: `${http2}`, http2tls: `${http2tls}` };
	const nginx = await startNginxWith(source, { ...ports, certificate, key });
	const streams = await startStreams();
	return {
		urls: {
			http: `http://127.0.0.1:${http}/`,
			https: `https://127.0.0.1:${https}/`,
			http2: `http://127.0.0.1:${http2}/`,
			http2tls: `https://127.0.0.1:${http2tls}/`,
			streams: `http://127.0.0.1:${streams.port}/`,
		},
		end: async () => {
			await Promise.all([nginx.end(), streams.end()]);
			await rm(folder, { recursive: true });
		},
	};
}

async function startStreams(): Promise<{ port: number; end(): Promise<void> }> {
	const [program, ...args] = pinned(SERVER_CORE, [process.execPath, streamServer]);
	const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
	const [port] = (await once(child.stdout, "data")) as [Buffer];
	const end = async (): Promise<void> => {
		const exited = once(child, "exit");
		child.kill();
		await exited;
	};
	return { port: Number(port), end };
}
