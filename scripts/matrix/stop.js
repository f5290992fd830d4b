import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";

/** No program here runs for longer. */
const LIMIT_MS = 60_000;

/**
 * Starts `programs/server.js` and stops it by SIGTERM while a request is in flight. Then once more with an event loop that is blocked,
 * which only the watchdog's thread can end.
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
export async function checkStop(command, args, cwd) {
	const stopped = await stop(command, args, { cwd, env: process.env });
	assert.equal(stopped.text, "first half, second half", stopped.stderr);
	assert.deepEqual([stopped.code, stopped.signal], [0, null], stopped.stderr);
	assert.match(stopped.stderr, /is shutting down: SIGTERM; grace period 10 s\n/);
	assert.match(stopped.stderr, /draining, 1 in flight: http GET \/ /);
	assert.match(stopped.stderr, /closed after [\d.]+ m?s, everything finished, exit code 0\n/);
	const blocked = await stop(command, args, { cwd, env: { ...process.env, BLOCK: "1" } });
	assert.deepEqual([blocked.code, blocked.signal], [null, "SIGKILL"], blocked.stderr);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 */
async function stop(command, args, { cwd, env }) {
	const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
	const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
	let stdout = "";
	let stderr = "";
	child.stderr.setEncoding("utf8").on("data", (text) => {
		stderr += text;
	});
	const port = new Promise((resolve, reject) => {
		child.stdout.setEncoding("utf8").on("data", (text) => {
			stdout += text;
			const [, found] = /^port (\d+)$/m.exec(stdout) ?? [];
			if (found !== undefined) resolve(found);
		});
		child.once("error", reject);
		child.once("close", () => reject(new Error(`it ended before it listened:\n${stdout}${stderr}`)));
	});
	const ended = once(child, "close");
	try {
		const [response] = await ask(await port);
		child.kill("SIGTERM");
		const [text, [code, signal]] = await Promise.all([response, ended]);
		return { text, code, signal, stderr };
	} finally {
		clearTimeout(limit);
	}
}

/**
 * Resolves when the first half of a response has come, to the promise of all of it.
 * @param {string} port
 * @returns {Promise<Promise<string>[]>}
 */
function ask(port) {
	return new Promise((resolve, reject) => {
		// Without an agent: an idle connection would linger.
		get(`http://127.0.0.1:${port}/`, { agent: false }, (response) => {
			let text = "";
			const whole = new Promise((settle) => response.once("close", () => settle(text)));
			response.on("error", () => {});
			response.setEncoding("utf8").on("data", (chunk) => {
				text += chunk;
				resolve([whole]);
			});
		}).once("error", reject);
	});
}
