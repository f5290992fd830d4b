import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { seededRandom } from "lastcall-drill-clients";
import { Target, type TargetOptions } from "./target.ts";

const CLIENTS = 32;
/** The longest time for which a client waits: the requested work takes 200 ms. */
const PATIENCE_MS = 100;
const rounds = Number(process.env.LASTCALL_RACE_ROUNDS ?? 2);

/** Requests work again and again, and gives up before its end, until the server is gone. Returns when it gave up. */
type GivingUp = (port: number, random: () => number, gaveUp: () => void) => Promise<void>;

const http1: GivingUp = async (port, random, gaveUp) => {
	for (let nth = 0; ; nth++) {
		const socket: Socket = connect(port, "127.0.0.1");
		socket.on("error", () => {});
		try {
			await once(socket, "connect");
		} catch {
			return;
		}
		socket.write("POST /work HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
		await delay(random() * PATIENCE_MS);
		if (nth % 2 === 0) socket.resetAndDestroy();
		else socket.destroy();
		gaveUp();
	}
};

const http2: GivingUp = async (port, random, gaveUp) => {
	const session: ClientHttp2Session = connectHttp2(`http://127.0.0.1:${port}`);
	session.on("error", () => {});
	while (!session.destroyed && !session.closed) {
		const stream = session.request({ ":method": "POST", ":path": "/work" });
		stream.on("error", () => {});
		await delay(random() * PATIENCE_MS);
		stream.close(8);
		gaveUp();
	}
	session.destroy();
};

/** Stops a target while its clients give up, and returns what it has done. */
async function stop(options: TargetOptions, giveUp: GivingUp, seed: number) {
	const target = await Target.start(options);
	try {
		const random = seededRandom(seed);
		let left = 3 * CLIENTS;
		let begin = (): void => {};
		const begun = new Promise<void>((resolve) => {
			begin = resolve;
		});
		const gaveUp = (): void => void (--left === 0 && begin());
		const clients = Array.from({ length: CLIENTS }, () => giveUp(target.at.port, random, gaveUp));
		await begun;
		target.child.kill("SIGTERM");
		const { code } = await target.end;
		await Promise.all(clients);
		return { ...target.work, code, log: target.stderr };
	} finally {
		target.child.kill("SIGKILL");
	}
}

for (const [scheme, giveUp] of [
	["http", http1],
	["h2c", http2],
] as const) {
	test(`the handlers of ${CLIENTS} clients that give up over ${scheme} are done before their resource is closed`, async () => {
		for (let seed = 1; seed <= rounds; seed++) {
			const { begun = 0, whole, code, log } = await stop({ kind: "lastcall", scheme }, giveUp, seed);
			assert.ok(begun > 0);
			assert.deepEqual([whole, code], [begun, 0], log);
			// Only requests that a handler got are waited for.
			assert.doesNotMatch(log, /ended early/);
		}
	});
}
