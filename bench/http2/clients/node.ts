import { type ClientHttp2Session, connect, constants } from "node:http2";
import { setTimeout } from "node:timers/promises";
import { type Http2Client, Outcomes, SESSIONS, STREAMS } from "../client.ts";

/** Node's own client. After GOAWAY it opens the next session, as pools do. */
export const node: Http2Client = {
	name: "Node.js",
	server: "http2",
	start: async (port, pauseMs) => {
		const all = new Outcomes();
		return { ended: Promise.all(Array.from({ length: SESSIONS }, () => sessions(port, pauseMs, all))).then(() => all) };
	},
};

async function sessions(port: number, pauseMs: number, all: Outcomes): Promise<void> {
	for (;;) {
		const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
		const isOpen = await new Promise<boolean>((resolve) => {
			session.once("connect", () => resolve(true)).once("close", () => resolve(false));
			session.on("error", () => {});
		});
		if (!isOpen) return;
		let lastStreamId = Number.POSITIVE_INFINITY;
		session.once("goaway", (_code, id) => {
			lastStreamId = id;
		});
		const lane = async (): Promise<void> => {
			while (!session.closed && !session.destroyed) {
				await ask(session, () => lastStreamId, all);
				if (pauseMs > 0) await setTimeout(Math.random() * 2 * pauseMs);
			}
		};
		await Promise.all(Array.from({ length: STREAMS }, lane));
		session.close();
	}
}

function ask(session: ClientHttp2Session, lastStreamId: () => number, all: Outcomes): Promise<void> {
	return new Promise((resolve) => {
		const stream = session.request({ ":path": "/" });
		let body = "";
		stream.setEncoding("utf8").on("data", (text) => {
			body += text;
		});
		stream.on("error", () => {});
		stream.on("close", () => {
			const { rstCode, id = Number.POSITIVE_INFINITY } = stream;
			if (rstCode === 0 && body === "ok") all.answered++;
			else if (rstCode === constants.NGHTTP2_REFUSED_STREAM || id > lastStreamId()) all.refused++;
			else all.fail(`RST_STREAM ${rstCode}`);
			resolve();
		});
	});
}
