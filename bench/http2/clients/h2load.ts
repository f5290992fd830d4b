import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { type Http2Client, Outcomes, SESSIONS, STREAMS } from "../client.ts";

/** More than there is time for: GOAWAY ends it. */
const REQUESTS = 1_000_000;

/** h2load connects once. It counts unfinished requests as failed, and doesn't say which of them it had sent. */
export const h2load: Http2Client = {
	name: "h2load",
	server: "http2",
	start: async (port) => {
		const args = ["-c", `${SESSIONS}`, "-m", `${STREAMS}`, "-n", `${REQUESTS}`, `https://127.0.0.1:${port}/`];
		const { stdout } = spawn("h2load", args, { stdio: ["ignore", "pipe", "inherit"] });
		return { ended: text(stdout).then(read) };
	},
};

function read(output: string): Outcomes {
	const [, succeeded, other] =
		/(\d+) succeeded, \d+ failed, \d+ errored[\s\S]*status codes: \d+ 2xx, (\d+ 3xx.*)/.exec(output) ?? [];
	const all = new Outcomes();
	all.answered = Number(succeeded);
	if (other !== "0 3xx, 0 4xx, 0 5xx") all.fail(String(other));
	return all;
}
