import assert from "node:assert/strict";
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { describe, it, type TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CTRL_C, SIGINT, SIGTERM } from "../support/stop-reasons.ts";
import { closing, runningService } from "../support/watched-service.ts";
import { Messages } from "./messages.ts";

const path = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}.js`, import.meta.url));
const posix = { skip: process.platform === "win32" };

/** A child that prints each signal, and ends with the exit code that it is sent. */
async function obedient(t: TestContext, options: { detached?: boolean } = {}) {
	const child = fork(path("obedient"), options);
	t.after(() => child.kill("SIGKILL"));
	const messages = new Messages(child);
	assert.equal(await messages.next(), "ready");
	return {
		child,
		ended: once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>,
		nextMessage: () => messages.next(),
		async isNotified(times: number) {
			child.send("how many signals?");
			assert.equal(await messages.next(), `${times} signals`);
		},
		end: (exitCode: number) => void child.send(exitCode),
	};
}

/** A child with a grandchild, whose pid is known when this resolves. Both are killed after the test. */
async function family(t: TestContext, detached: boolean) {
	const child = spawn(process.execPath, [path("leaves-a-grandchild")], {
		detached,
		stdio: ["ignore", "pipe", "inherit"],
	});
	const lines: Interface = createInterface({ input: child.stdout });
	const printed: string[] = [];
	let wake = (): void => {};
	lines.on("line", (line) => {
		printed.push(line);
		wake();
	});
	const nextMessage = async (): Promise<string> => {
		while (printed.length === 0) await new Promise<void>((resolve) => (wake = resolve));
		return printed.shift() ?? "";
	};
	const [, pid] = /^grandchild (\d+)$/.exec(await nextMessage()) ?? assert.fail();
	/** Standard output ends when none of them has it any more. */
	const outputEnded = once(lines, "close");
	// Keeps the process alive, like the deadline's timer in a program: the fake clock has no timer.
	const hold = setInterval(() => {}, 1_000);
	t.after(() => {
		clearInterval(hold);
		child.kill("SIGKILL");
		if (isAlive(Number(pid))) process.kill(Number(pid), "SIGKILL");
	});
	return { child, grandchild: Number(pid), nextMessage, outputEnded };
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

/** Resolves when the events of this process have been handled. */

async function failsWith(begin: () => ChildProcess): Promise<string> {
	const { service } = await runningService();
	service.use("worker", begin());
	const { reason, errors, exitCode, closers } = await service.closed;
	assert.ok(reason.kind === "resource-failed" && reason.name === "worker", JSON.stringify(reason));
	assert.deepEqual(errors, [{ name: "worker", error: reason.error }]);
	assert.equal(exitCode, 1);
	assert.deepEqual(
		closers.map(({ name, outcome }) => [name, outcome]),
		[["worker", "closed"]],
	);
	return String(reason.error);
}

describe("a child process", { concurrency: 2, ...posix }, () => {
	it("gets SIGTERM when later resources are closed, and is waited for before earlier ones are", async (t) => {
		const { service, emitted } = await runningService();
		const { child, nextMessage, isNotified, end } = await obedient(t);
		const order: string[] = [];
		service.defer("before", () => order.push("before"));
		assert.equal(service.use("child", child), child);
		let release = (): void => {};
		service.defer("after", () => new Promise<void>((resolve) => (release = resolve)));
		void service.stop();
		await closing(service);
		assert.deepEqual(
			emitted("resource-closing").map(({ name }) => name),
			["after"],
		);
		await isNotified(0);
		release();
		assert.equal(await nextMessage(), "SIGTERM");
		assert.equal(service.phase, "closing");
		assert.deepEqual(service.inFlight()[0]?.name, "child");
		child.once("exit", () => order.push("exit"));
		end(0);
		const report = await service.closed;
		assert.deepEqual(order, ["exit", "before"]);
		assert.ok(report.ok);
	});

	it("as an intake gets SIGTERM once, when draining begins, and is waited for before resources are closed", async (t) => {
		const { service } = await runningService();
		const { child, nextMessage, isNotified, end } = await obedient(t);
		const order: string[] = [];
		service.defer("before", () => order.push("before"));
		assert.equal(service.intake("child", child), child);
		service.defer("after", () => order.push("after"));
		const done = service.enter("request");
		void service.stop();
		assert.equal(await nextMessage(), "SIGTERM");
		assert.equal(service.phase, "draining");
		done();
		await isNotified(1);
		assert.equal(service.phase, "draining");
		child.once("exit", () => order.push("exit"));
		end(0);
		const { ok, closers } = await service.closed;
		assert.deepEqual(order, ["exit", "after", "before"]);
		assert.equal(ok, true);
		assert.equal(closers.length, 3);
	});

	it("as an intake that hangs is killed at the deadline", async (t) => {
		const { service, clock } = await runningService();
		const { child, nextMessage, ended } = await obedient(t);
		service.intake("child", child);
		void service.stop();
		assert.equal(await nextMessage(), "SIGTERM");
		await clock.advance(9_999);
		assert.equal(child.killed, true);
		assert.equal(child.signalCode, null);
		await clock.advance(1);
		assert.deepEqual(await ended, [null, "SIGKILL"]);
		assert.equal((await service.closed).ok, false);
	});

	it("that ends by the signal that stops it has ended well; with another exit code its closing has failed", async (t) => {
		for (const [reason, exitCode, isOk] of [
			[SIGTERM, 143, true],
			[SIGTERM, 130, false],
			[SIGTERM, 129, false],
			[SIGINT, 143, true],
			[SIGINT, 130, true],
			[SIGTERM, 3, false],
		] as const) {
			const { service, state } = await runningService();
			const { child, nextMessage, end } = await obedient(t);
			service.use("child", child);
			void state.stop(reason);
			assert.equal(await nextMessage(), "SIGTERM");
			end(exitCode);
			const { ok, errors, closers } = await service.closed;
			assert.equal(ok, isOk, String(exitCode));
			if (isOk) continue;
			assert.match(String(errors[0]?.error), new RegExp(`ended by itself with exit code ${exitCode}$`));
			assert.equal(closers[0]?.outcome, "failed");
		}
	});

	it("that is killed from elsewhere while it closes has failed", async (t) => {
		const { service } = await runningService();
		const { child, nextMessage } = await obedient(t);
		service.use("child", child);
		void service.stop();
		assert.equal(await nextMessage(), "SIGTERM");
		process.kill(child.pid ?? 0, "SIGKILL");
		assert.match(String((await service.closed).errors[0]?.error), /ended by SIGKILL$/);
	});

	it("that handles no signals ends well by SIGTERM", async () => {
		const { service } = await runningService();
		const child = service.use("child", spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]));
		const report = await service.stop();
		assert.equal(child.signalCode, "SIGTERM");
		assert.ok(report.ok);
	});

	it("is killed when time is up, and no sooner", async (t) => {
		const { service, clock } = await runningService({ gracePeriodMs: 10_000 });
		const { child, nextMessage, isNotified, ended } = await obedient(t);
		service.use("child", child);
		void service.stop();
		assert.equal(await nextMessage(), "SIGTERM");
		await clock.advance(9_999);
		await isNotified(1);
		await clock.advance(1);
		assert.deepEqual(await ended, [null, "SIGKILL"]);
		const { exitCode, left, errors } = await service.closed;
		assert.deepEqual([exitCode, errors], [1, []]);
		assert.deepEqual(
			left.map(({ name, what }) => [name, what]),
			[["child", "closing"]],
		);
	});

	it("isn't killed when its share of the time is over and the next closer begins", async (t) => {
		const { service, clock, emitted } = await runningService({ gracePeriodMs: 10_000 });
		const { child, nextMessage, isNotified, end } = await obedient(t);
		service.defer("before", () => clock.wait(4_000));
		service.use("child", child);
		void service.stop();
		assert.equal(await nextMessage(), "SIGTERM");
		await clock.advance(5_000);
		assert.deepEqual(
			emitted("resource-closing").map(({ name }) => name),
			["child", "before"],
		);
		await clock.advance(4_500);
		await isNotified(1);
		end(0);
		assert.ok((await service.closed).ok);
	});

	it("is killed at a second signal, and has its time after a hard stop of the drain", async (t) => {
		const test = await runningService({ gracePeriodMs: 10_000, closeReserveMs: 4_000 });
		const { service, clock } = test;
		const { child, nextMessage, isNotified, ended } = await obedient(t);
		service.use("child", child);
		service.task("stuck", () => new Promise(() => {}));
		test.sendSignal("SIGTERM");
		await clock.advance(6_000);
		assert.ok(service.hardStopSignal.aborted);
		assert.equal(await nextMessage(), "SIGTERM");
		await clock.advance(3_999);
		await isNotified(1);
		test.sendSignal("SIGINT");
		await clock.advance(0);
		assert.deepEqual(await ended, [null, "SIGKILL"]);
	});

	it("that fails while the service is running stops it, with how it ended", async () => {
		assert.match(
			await failsWith(() => spawn(process.execPath, ["-e", "process.exit(7)"])),
			/ended by itself with exit code 7$/,
		);
		const killed = (): ChildProcess => spawn(process.execPath, ["-e", "process.kill(process.pid, 'SIGKILL')"]);
		assert.match(await failsWith(killed), /ended by SIGKILL$/);
		assert.match(await failsWith(() => spawn("/nowhere/to-be-found")), /ENOENT/);
		const before = spawn(process.execPath, ["-e", "process.exit(7)"]);
		await once(before, "exit");
		assert.match(await failsWith(() => before), /ended by itself with exit code 7$/);
	});

	it("that ends well, or by a signal that the program sent, does not stop the service", async () => {
		const { service } = await runningService();
		const done = service.use("done", spawn(process.execPath, ["-e", ""]));
		await once(done, "exit");
		const ended = service.use("ended", spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]));
		ended.kill("SIGUSR1");
		ended.kill("SIGKILL");
		await once(ended, "exit");
		await nextTurn();
		assert.equal(service.phase, "running");
		assert.ok((await service.stop()).ok);
	});

	it("that the platform stops a moment before the service has not failed; without a stop of the service it has", async () => {
		const idle = (): ChildProcess => spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
		for (const signal of ["SIGTERM", "SIGUSR2"] as const) {
			const test = await runningService();
			test.state.stopSignals = [...test.state.stopSignals, "SIGUSR2"];
			const child = test.service.use("child", idle());
			child.once("exit", () => test.sendSignal(signal));
			process.kill(child.pid ?? 0, signal);
			assert.ok((await test.closed).ok, signal);
		}
		const other = idle();
		const failed = failsWith(() => other);
		process.kill(other.pid ?? 0, "SIGTERM");
		assert.match(await failed, /ended by SIGTERM$/);
	});

	it("that a terminal's Ctrl+C has reached is waited for, and gets no other signal", async (t) => {
		const { service, state } = await runningService();
		const { child, isNotified, end } = await obedient(t);
		service.use("child", child);
		void state.stop(CTRL_C);
		await closing(service);
		assert.deepEqual(service.inFlight()[0]?.name, "child");
		await isNotified(0);
		end(130);
		assert.ok((await service.closed).ok);
	});

	it("that a terminal's Ctrl+C has not reached, or that ignores it, gets SIGTERM", async (t) => {
		const { service, state } = await runningService();
		const { child, nextMessage, end } = await obedient(t, { detached: true });
		service.use("child", child);
		void state.stop(CTRL_C);
		assert.equal(await nextMessage(), "SIGTERM");
		end(0);
		assert.ok((await service.closed).ok);
		if (process.platform !== "linux") return;
		const deaf = spawn("sh", ["-c", "trap '' INT; echo ready; exec sleep 60"], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		t.after(() => deaf.kill("SIGKILL"));
		await once(deaf.stdout, "data");
		// After `exec` the new program ignores the same signals.
		const other = await runningService();
		other.service.use("deaf", deaf);
		assert.ok((await other.state.stop(CTRL_C)).ok);
		assert.equal(deaf.signalCode, "SIGTERM");
	});

	it("that leads a process group: processes that it leaves behind get SIGTERM when it has ended, and are waited for", async (t) => {
		const { service, state } = await runningService();
		const { child, grandchild, nextMessage, outputEnded } = await family(t, true);
		service.use("child", child);
		void state.stop(SIGTERM);
		assert.equal(await nextMessage(), "child signalled");
		assert.equal(await nextMessage(), "grandchild signalled");
		assert.equal(child.exitCode, 0);
		assert.equal(service.phase, "closing");
		process.kill(grandchild, "SIGUSR2");
		assert.ok((await service.closed).ok);
		await outputEnded;
	});

	it("that leads a process group is killed with the processes that it has left behind", async (t) => {
		const { service, state, clock } = await runningService();
		const { child, nextMessage, outputEnded } = await family(t, true);
		service.use("child", child);
		void state.stop(SIGTERM);
		assert.equal(await nextMessage(), "child signalled");
		assert.equal(await nextMessage(), "grandchild signalled");
		await clock.advance(10_000);
		assert.equal((await service.closed).left[0]?.name, "child");
		await outputEnded;
	});

	it("that leads no process group leaves behind what it doesn't end itself", async (t) => {
		const { service, state } = await runningService();
		const { child, nextMessage, grandchild } = await family(t, false);
		service.use("child", child);
		assert.ok((await state.stop(SIGTERM)).ok);
		assert.equal(await nextMessage(), "child signalled");
		assert.ok(isAlive(grandchild));
	});

	it("that is registered when everything is closed gets SIGTERM at once", async (t) => {
		const { service } = await runningService();
		await service.stop();
		const { child, nextMessage } = await obedient(t);
		assert.throws(() => service.use("child", child), { code: "ERR_LASTCALL_STOPPED" });
		assert.equal(await nextMessage(), "SIGTERM");
	});
});
