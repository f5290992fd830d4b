import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { describe, it, type TestContext } from "node:test";
import { WebSocketServer } from "ws";
import type { DrillReport } from "#src/record/drill-report.js";
import { folder, reasonsOf, reported, server } from "../support/drill-process.ts";

const LOAD = ["-l", "back-to-back"];

function codes(report: DrillReport): string[] {
	return reasonsOf(report).map(({ code }) => code);
}

function line(words: readonly string[]): string {
	return words.map((word) => `'${word}'`).join(" ");
}

/** Starts a server outside the drill, and returns its pid and URL. */
async function running(t: TestContext) {
	const [file = "", ...args] = server("has-two-ports");
	const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
	t.after(() => child.kill("SIGKILL"));
	const [said] = await once(createInterface(child.stdout), "line");
	return { pid: child.pid as number, ended: once(child, "exit"), url: `http://127.0.0.1:${/\d+/.exec(said)?.[0]}/` };
}

/** Has `http` listen, for WebSockets too, until the test is over. */
async function withWebSockets(t: TestContext, http: Server) {
	const webSockets = new WebSocketServer({ server: http });
	await once(http.listen(0, "127.0.0.1"), "listening");
	t.after(() => {
		for (const socket of webSockets.clients) socket.terminate();
		http.closeAllConnections();
		http.close();
	});
	return { webSockets, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/` };
}

describe("a target is", { concurrency: 2 }, () => {
	it("a command with several ports: the first one that responds", async (t) => {
		const { code, stderr, report } = await reported(t, ["-v", ...LOAD, "--", ...server("has-two-ports")]);
		assert.equal(code, 0, stderr);
		const port = /serves on (\d+)\./.exec(stderr)?.[1];
		assert.equal(report.target.url, `http://127.0.0.1:${port}/`);
		assert.deepEqual(report.target.command, server("has-two-ports"));
	});

	it("one that takes longer to answer than the drill waits at first", async (t) => {
		const args = ["-l", "back-to-back,connections=1", "--", ...server("loses-nothing", "2500")];
		const { code, stderr } = await reported(t, args);
		assert.equal(code, 0, stderr);
	});

	it("a running process, given its pid", async (t) => {
		const { pid, ended, url } = await running(t);
		const { code, stdout, report } = await reported(t, [...LOAD, "--pid", String(pid)]);
		assert.equal(code, 0, stdout);
		assert.deepEqual([report.target.url, report.target.pid], [url, pid]);
		assert.deepEqual([report.rounds[0]?.exit?.code, report.rounds[0]?.exit?.signal], [null, null]);
		assert.deepEqual(await ended, [0, null]);
	});

	it("what a stop command stops, where a URL says", async (t) => {
		const { pid, ended, url } = await running(t);
		const stopCommand = `kill -TERM ${pid}`;
		const { code, stdout, report } = await reported(t, [...LOAD, "--url", url, "--stop-command", stopCommand]);
		assert.equal(code, 0, stdout);
		assert.deepEqual(report.target, { url, stopCommand, graceMs: 10_000 });
		assert.deepEqual([report.rounds[0]?.stop.commandCode, report.rounds[0]?.exit], [0, undefined]);
		assert.deepEqual(await ended, [0, null]);
	});

	it("what a stop command leaves up: connections that stay open are not lost", async (t) => {
		const http = createServer((request, response) => {
			if (request.headers.accept !== "text/event-stream") return void response.end("ok");
			response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n");
		});
		const { url } = await withWebSockets(t, http);
		const loads = ["websocket", "event-stream", "back-to-back"].flatMap((kind) => ["-l", `${kind},connections=2`]);
		const args = [...loads, "--url", url, "--stop-command", "true", "--grace", "1s"];
		const { code, stdout, report } = await reported(t, args);
		assert.equal(code, 0, stdout);
		assert.deepEqual(codes(report), []);
	});

	it("what a stop command replaces in part: what was closed properly and is opened again is not lost", async (t) => {
		const streams = new Set<ServerResponse>();
		const http = createServer((request, response) => {
			if (request.url === "/roll") return void roll(response);
			if (request.headers.accept !== "text/event-stream") return void response.end("ok");
			streams.add(response.writeHead(200, { "content-type": "text/event-stream" }));
			response.write("data: 1\n\n");
		});
		const { url, webSockets } = await withWebSockets(t, http);
		// One of two instances goes, and the other takes what it has let go of.
		const roll = (response: ServerResponse): void => {
			for (const socket of [...webSockets.clients].slice(2)) socket.close(1001);
			for (const stream of [...streams].slice(2)) stream.end("data: 2\n\n");
			response.end();
		};
		const stopCommand = line([process.execPath, "-e", `fetch("${url}roll").then((r) => r.text())`]);
		const loads = ["websocket", "event-stream"].flatMap((kind) => ["-l", `${kind},connections=4`]);
		const { code, stdout, report } = await reported(t, [
			...[...loads, "--url", url, "--stop-command", stopCommand, "--grace", "1s"],
		]);
		assert.equal(code, 0, stdout);
		assert.deepEqual(codes(report), []);
		// Each instance's, and those that were opened again.
		assert.ok(report.tally.answered >= 12, stdout);
	});

	it("a command that a stop command stops", async (t) => {
		const stopCommand = "kill -TERM $(cat pid)";
		const command = ["sh", "-c", `echo $$ > pid; exec ${line(server("loses-nothing"))}`];
		const { code, stdout, report } = await reported(t, [...LOAD, "--stop-command", stopCommand, "--", ...command]);
		assert.equal(code, 0, stdout);
		assert.deepEqual([report.rounds[0]?.stop.by, report.rounds[0]?.exit?.code], [stopCommand, 0]);
	});

	it("what a stop command fails to stop", async (t) => {
		const args = [...LOAD, "--stop-command", "exit 4", "--grace", "500ms", "--", ...server("loses-nothing")];
		const { code, report } = await reported(t, args);
		assert.equal(code, 1);
		assert.ok(codes(report).includes("stop-command"), codes(report).join());
		assert.ok(codes(report).includes("killed-after-grace"), codes(report).join());
	});
});

const shell = ["sh", "-c", `${line(server("loses-nothing"))}; true`];

/** A folder whose package.json has a script that serves. */
function npmFolder(t: TestContext): string {
	const cwd = folder(t);
	writeFileSync(join(cwd, "package.json"), JSON.stringify({ scripts: { serve: line(server("loses-nothing")) } }));
	return cwd;
}

describe("a signal goes to", { concurrency: 2 }, () => {
	for (const [name, command] of Object.entries({ npm: ["npm", "run", "serve"], "sh -c": shell })) {
		it(`${name} alone, which leaves the server behind`, async (t) => {
			const { code, report } = await reported(t, [...LOAD, "--", ...command], { cwd: npmFolder(t) });
			assert.equal(code, 1);
			assert.deepEqual(codes(report), ["left-process", "port-held", "answered-after-exit", "ended-by-signal"]);
		});

		it(`the whole group of ${name}, with --group`, async (t) => {
			const args = [...LOAD, "--group", "-s", "int", "--", ...command];
			const { code, stdout, report } = await reported(t, args, { cwd: npmFolder(t) });
			assert.equal(code, 0, stdout);
			const { stop } = report.rounds[0] ?? {};
			assert.deepEqual([stop?.by, stop?.group], ["SIGINT", true]);
		});
	}

	it("the target, and SIGINT after it, with --twice", async (t) => {
		const args = ["-l", "in-flight", "--twice", "--", ...server("stops-hard-at-sigint")];
		const { code, stdout, report } = await reported(t, args);
		assert.equal(code, 0, stdout);
		const { stop, exit } = report.rounds[0] ?? {};
		// Node.js counts its timers in whole milliseconds: one may come that much early.
		assert.ok(Number(stop?.againMs) >= 999, `${stop?.againMs}`);
		assert.equal(exit?.code, 130);
		assert.deepEqual(
			reasonsOf(report).map((reason) => [reason.code, reason.fails]),
			[["dropped-in-flight", false]],
		);
	});

	it("one that ignores it, until --grace is over", async (t) => {
		const { code, stdout, report } = await reported(t, [...LOAD, "--grace", "1s", "--", ...server("never-stops")]);
		assert.equal(code, 1);
		assert.match(stdout, /^✗ The target was still running at the end of its grace period, and was killed$/m);
		const { exit } = report.rounds[0] ?? {};
		assert.deepEqual([exit?.killed, exit?.signal, exit?.code], [true, "SIGKILL", null]);
		assert.ok(Number(exit?.atMs) >= 1_000, `${exit?.atMs}`);
		assert.equal(report.target.graceMs, 1_000);
	});
});
