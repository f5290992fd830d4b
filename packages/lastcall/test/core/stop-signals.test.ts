import assert from "node:assert/strict";
import { constants } from "node:os";
import { afterEach, test } from "node:test";
import { type SignalReason, STOP_SIGNALS } from "#src/core/stop-signal.js";
import { onStopSignals } from "#src/process/signals.js";

const KNOWN = STOP_SIGNALS.filter((signal) => signal in constants.signals);

/** The signals that were received; they are only emitted, never sent. */
class Ear {
	readonly heard: SignalReason[] = [];
	readonly stop: () => void;

	constructor() {
		this.stop = onStopSignals(STOP_SIGNALS, (reason) => void this.heard.push(reason));
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

/** Emits only to listeners that were added after `before`: a test runner has its own for some signals. */
function emitToNew(signal: NodeJS.Signals, before: readonly unknown[]): void {
	for (const listener of process.listeners(signal)) if (!before.includes(listener)) listener(signal);
}

test("every stop signal of the platform is received, with its name and number", () => {
	for (const signal of KNOWN) {
		const before = process.listeners(signal);
		const ear = new Ear();
		emitToNew(signal, before);
		assert.deepEqual(ear.heard, [{ kind: "signal", signal, number: constants.signals[signal], interactive: false }]);
		ear.stop();
	}
	assert.ok(KNOWN.includes("SIGINT") && KNOWN.includes("SIGTERM"));
});

test("a stop signal is received each time that it comes", () => {
	const ear = new Ear();
	for (const signal of ["SIGHUP", "SIGTERM", "SIGHUP"] as const) emit(signal);
	assert.deepEqual(
		ear.heard.map(({ signal }) => signal),
		["SIGHUP", "SIGTERM", "SIGHUP"],
	);
});

test("only a SIGINT at a terminal is interactive", (context) => {
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
		assert.equal(ear.heard[0]?.interactive, signal === "SIGINT", signal);
		ear.stop();
	}
});

test("removing the signal listeners of lastcall leaves those of others", () => {
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

test("a removed signal listener is not called", () => {
	const ear = new Ear();
	const others = (): void => {};
	process.on("SIGHUP", others);
	ear.stop();
	emit("SIGHUP");
	process.removeListener("SIGHUP", others);
	assert.deepEqual(ear.heard, []);
});
