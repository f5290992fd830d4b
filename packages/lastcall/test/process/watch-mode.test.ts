import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { checkRestartSignal } from "#src/process/launch.js";
import { findWatchMode, type WatchSurroundings } from "#src/process/watch-mode.js";
import { Child } from "../support/child.ts";
import { fixture } from "./fixture.ts";

/** Surroundings with these command lines of the parent, its parent, and so on. */
function under(...commands: string[]): WatchSurroundings {
	const files = commands.flatMap((command, i) => [
		[`/proc/${10 - i}/cmdline`, `${command.replaceAll(" ", "\0")}\0`] as const,
		[`/proc/${10 - i}/status`, `Name:\tx\nPPid:\t${9 - i}\n`] as const,
	]);
	const texts = new Map<string, string>(files);
	return { ppid: 10, env: {}, execArgv: [], read: (path) => texts.get(path) ?? "" };
}

describe("a watch mode", () => {
	it("is found by what it sets in the environment", () => {
		const nothing = under();
		assert.equal(findWatchMode({ ...nothing, env: { WATCH_REPORT_DEPENDENCIES: "1" } }), "node --watch");
		assert.equal(findWatchMode({ ...nothing, env: { TS_NODE_DEV: "true" } }), "ts-node-dev");
	});

	it("is found by the command line of a parent, also behind npm and a shell", () => {
		for (const [command, mode] of [
			["node /app/node_modules/.bin/nodemon server.js", "nodemon"],
			["/usr/bin/node --no-warnings /app/node_modules/nodemon/bin/nodemon.js server.js", "nodemon"],
			["node /app/node_modules/.bin/nodemon --signal SIGTERM server.js", "nodemon --signal"],
			["node /app/node_modules/.bin/tsx watch server.ts", "tsx watch"],
			["node /app/node_modules/tsx/dist/cli.mjs watch server.ts", "tsx watch"],
		] as const) {
			assert.equal(findWatchMode(under(command)), mode, command);
			assert.equal(findWatchMode(under("sh -c node server.js", "npm run serve", command)), mode, command);
		}
	});

	it("is found by the npm script where there is no /proc", () => {
		const { env: _, ...around } = under();
		assert.equal(findWatchMode({ ...around, env: { npm_lifecycle_script: "nodemon server.js" } }), "nodemon");
		assert.equal(findWatchMode({ ...around, env: { npm_lifecycle_script: "tsx watch server.ts" } }), "tsx watch");
	});

	it("is not found in production, whatever the program and its files are called", () => {
		for (const command of [
			"node server.js",
			"node /app/node_modules/.bin/tsx server.ts",
			"node /app/node_modules/.bin/tsx server.ts watch",
			"node server.js nodemon",
			"node /srv/nodemon/server.js",
			"PM2 v6.0.5: God Daemon (/root/.pm2)",
			"sh -c exec node server.js --watch",
			"/sbin/init",
			"",
		]) {
			assert.equal(findWatchMode(under(command)), undefined, command);
			const env = { npm_lifecycle_script: command, WATCH_REPORT_DEPENDENCIES: "" };
			assert.equal(findWatchMode({ ...under(), env }), undefined, command);
		}
	});

	it("ends the search at a process that is its own ancestor", () => {
		const around = under();
		assert.equal(findWatchMode({ ...around, read: () => "PPid:\t10\n" }), undefined);
	});
});

describe("a program in a watch mode", () => {
	it("ends without lame duck and linger, though a client keeps an idle connection open", async (t) => {
		const options = { gracePeriodMs: 2_000_000, lameDuckMs: 600_000, lingerMs: 600_000 };
		const args = [fixture("answers-slowly"), JSON.stringify(options)];
		const env = { ...process.env, WATCH_REPORT_DEPENDENCIES: "1" };
		const child = new Child(t, process.execPath, args, { env });
		const tab = connect(await child.port(), "127.0.0.1");
		t.after(() => tab.destroy());
		tab.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
		await once(tab, "data");
		await child.running();
		child.kill("SIGTERM");
		const { exit, stderr } = await child.ended;
		assert.equal(exit, 0, stderr);
		assert.doesNotMatch(stderr, /lame duck/);
	});
});

describe("the snapshot signal SIGUSR2", () => {
	it("has a warning under nodemon, which restarts by it", () => {
		const warning = checkRestartSignal("SIGUSR2", "nodemon");
		assert.equal(warning?.code, "snapshot-signal");
		assert.match(warning?.message ?? "", /nodemon waits for ever; use snapshotSignal: "SIGQUIT" \(Ctrl\+\\\)/);
	});

	it("has none elsewhere, nor has another signal", () => {
		assert.equal(checkRestartSignal("SIGUSR2", undefined), undefined);
		assert.equal(checkRestartSignal("SIGUSR2", "nodemon --signal"), undefined);
		assert.equal(checkRestartSignal("SIGQUIT", "nodemon"), undefined);
		assert.equal(checkRestartSignal(undefined, "nodemon"), undefined);
	});
});
