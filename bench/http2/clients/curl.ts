import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Http2Client, Outcomes, SESSIONS, STREAMS } from "../client.ts";

/** curl with many transfers on one session, again and again. */
export const curl: Http2Client = {
	name: "curl",
	server: "http2",
	start: async (port) => {
		const all = new Outcomes();
		return { ended: Promise.all(Array.from({ length: SESSIONS / 4 }, () => runs(port, all))).then(() => all) };
	},
};

const FORMAT = "%{http_code} %{exitcode}\n";
/** Its exit code when the connection is refused. */
const COULD_NOT_CONNECT = "000 7";

async function runs(port: number, all: Outcomes): Promise<void> {
	const transfers = Array.from({ length: 200 }, () => ["-o", "/dev/null", `https://127.0.0.1:${port}/`]).flat();
	const args = ["-sk", "--http2", "--parallel", "--parallel-max", `${STREAMS}`, "-w", FORMAT, ...transfers];
	for (let isThere = true; isThere; ) {
		const { stdout } = await promisify(execFile)("curl", args).catch((error: { stdout: string }) => error);
		for (const line of stdout.trim().split("\n")) {
			if (line === "200 0") {
				all.answered++;
				continue;
			}
			isThere = false;
			if (line !== COULD_NOT_CONNECT) all.fail(`${line.split(" ")[1]} (exit code)`);
		}
	}
}
