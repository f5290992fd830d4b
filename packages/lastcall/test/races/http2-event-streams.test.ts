import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { test } from "node:test";
import { type Scheme, Target, type TargetOptions } from "./target.ts";

const SESSIONS = 8;
const STREAMS = 8;
const rounds = Number(process.env.LASTCALL_RACE_ROUNDS ?? 2);

/** Complete events to the end, then the time after which to reconnect. */
const WHOLE = /^: welcome\n\n(event: tick\ndata: 1\ndata: 2\n\n)*retry: \d+\n\n$/;

interface Ended {
	readonly whole: number;
	/** How each other stream ended, with the end of its text. */
	readonly others: readonly string[];
	readonly code: number | null;
	readonly log: string;
}

/** Stops a target in the middle of endless event streams, whose handler knows nothing of the shutdown. */
async function stop(options: TargetOptions): Promise<Ended> {
	const target = await Target.start(options);
	const sessions: ClientHttp2Session[] = [];
	try {
		const streams = Array.from({ length: SESSIONS }, () => {
			const session = dial(target.at.port, options.scheme);
			sessions.push(session);
			return Array.from({ length: STREAMS }, () => read(session));
		}).flat();
		await Promise.all(streams.map(({ began }) => began));
		target.child.kill("SIGTERM");
		const { code } = await target.end;
		const endings = await Promise.all(streams.map(({ ended }) => ended));
		const others = endings.filter((ending) => ending !== "whole");
		return { whole: endings.length - others.length, others, code, log: target.stderr };
	} finally {
		for (const session of sessions) session.destroy();
		target.child.kill("SIGKILL");
	}
}

function dial(port: number, scheme: Scheme): ClientHttp2Session {
	const session = connect(`${scheme === "h2" ? "https" : "http"}://127.0.0.1:${port}`, { rejectUnauthorized: false });
	return session.on("error", () => {});
}

function read(session: ClientHttp2Session): { readonly began: Promise<unknown>; readonly ended: Promise<string> } {
	const stream = session.request({ ":path": "/events", accept: "text/event-stream" });
	let text = "";
	let how = "closed";
	stream.setEncoding("utf8").on("data", (part: string) => {
		text += part;
	});
	stream.on("end", () => {
		how = WHOLE.test(text) ? "whole" : "ended";
	});
	stream.on("error", ({ code }: NodeJS.ErrnoException) => {
		how = String(code);
	});
	const ended = new Promise<string>((resolve) => {
		stream.on("close", () => {
			const isWhole = how === "whole" && stream.rstCode === 0;
			resolve(isWhole ? how : `${how}, ${stream.rstCode}: ${JSON.stringify(text.slice(-60))}`);
		});
	});
	return { began: once(stream, "data"), ended };
}

for (const scheme of ["h2c", "h2"] as const) {
	test(`${STREAMS} event streams on each of ${SESSIONS} sessions over ${scheme} all end between two events`, async () => {
		for (let round = 0; round < rounds; round++) {
			const { log, ...ended } = await stop({ kind: "lastcall", scheme });
			assert.deepEqual(ended, { whole: SESSIONS * STREAMS, others: [], code: 0 }, log);
			assert.doesNotMatch(log, /hard stop/);
		}
	});
}

test("negative control: exiting at once cuts event streams over h2c", async () => {
	const { whole, others } = await stop({ kind: "exit", scheme: "h2c" });
	assert.deepEqual([whole, others.length], [0, SESSIONS * STREAMS]);
});
