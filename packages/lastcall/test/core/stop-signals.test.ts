import assert from "node:assert/strict";
import { constants } from "node:os";
import { afterEach, test } from "node:test";
import { onStopSignals, type SignalReason, STOP_SIGNALS } from "#src/process/signals.js";
import { SIGTERM } from "./stop-reasons.ts";

const KNOWN = STOP_SIGNALS.filter((signal) => signal in constants.signals);

/** What was heard, with a clock that the test sets; signals are only emitted, never sent. */
class Ear {
	now = 0;
	readonly first: SignalReason[] = [];
	readonly second: SignalReason[] = [];
	readonly stop: () => void;

	constructor() {
		this.stop = onStopSignals(
			(reason) => void this.first.push(reason),
			(reason) => void this.second.push(reason),
			() => this.now,
		);
		stops.push(this.stop);
	}
}

const stops: (() => void)[] = [];
afterEach(() => {
	for (const stop of stops.splice(0)) stop();
});

function emit(signal: NodeJS.Signals): void {
	process.emit(signal, signal);
}

/** Emits to those listeners that came after `before`: a test runner has its own for some signals. */
function emitToNew(signal: NodeJS.Signals, before: readonly unknown[]): void {
	for (const listener of process.listeners(signal)) if (!before.includes(listener)) listener(signal);
}

test("each signal that the platform has is heard, with its name and number", () => {
	for (const signal of KNOWN) {
		const before = process.listeners(signal);
		const ear = new Ear();
		emitToNew(signal, before);
		assert.deepEqual(ear.first, [{ kind: "signal", signal, number: constants.signals[signal], interactive: false }]);
		ear.stop();
	}
	assert.ok(KNOWN.includes("SIGINT") && KNOWN.includes("SIGTERM"));
});

test("two within 200 ms are one, whichever they are; 200 ms after the first is a second", () => {
	const ear = new Ear();
	emit("SIGHUP");
	ear.now = 1;
	emit("SIGHUP");
	ear.now = 199.9;
	emit("SIGTERM");
	assert.equal(ear.first.length, 1);
	assert.deepEqual(ear.second, []);
	ear.now = 200;
	emit("SIGTERM");
	assert.equal(ear.first.length, 1);
	assert.deepEqual(ear.second, [SIGTERM]);
});

test("each further signal is a second one: it counts from the first", () => {
	const ear = new Ear();
	emit("SIGHUP");
	for (const now of [300, 301, 5_000]) {
		ear.now = now;
		emit("SIGHUP");
	}
	assert.equal(ear.second.length, 3);
});

test("a first signal at instant 0 is a first signal", () => {
	const ear = new Ear();
	emit("SIGHUP");
	ear.now = 1_000;
	emit("SIGHUP");
	assert.equal(ear.first.length, 1);
	assert.equal(ear.second.length, 1);
});

test("only a SIGINT at a terminal was pressed by somebody", (context) => {
	const before = Object.getOwnPropertyDescriptor(process.stdin, "isTTY");
	Object.defineProperty(process.stdin, "isTTY", { value: true, configurable: true });
	context.after(() => {
		if (before === undefined) delete (process.stdin as { isTTY?: boolean }).isTTY;
		else Object.defineProperty(process.stdin, "isTTY", before);
	});
	for (const signal of KNOWN) {
		const listeners = process.listeners(signal);
		const ear = new Ear();
		emitToNew(signal, listeners);
		assert.equal(ear.first[0]?.interactive, signal === "SIGINT", signal);
		ear.stop();
	}
});

test("our listeners go when asked to, those of others stay", () => {
	const other = (): void => {};
	const before = KNOWN.map((signal) => {
		process.on(signal, other);
		return process.listeners(signal);
	});
	const ear = new Ear();
	for (const [i, signal] of KNOWN.entries()) {
		assert.equal(process.listenerCount(signal), (before[i]?.length ?? 0) + 1);
	}
	ear.stop();
	ear.stop();
	for (const [i, signal] of KNOWN.entries()) {
		assert.deepEqual(process.listeners(signal), before[i]);
		process.removeListener(signal, other);
	}
});

test("signals that nobody hears any more are not told", () => {
	const ear = new Ear();
	const others = (): void => {};
	process.on("SIGHUP", others);
	ear.stop();
	emit("SIGHUP");
	process.removeListener("SIGHUP", others);
	assert.deepEqual(ear.first, []);
});
