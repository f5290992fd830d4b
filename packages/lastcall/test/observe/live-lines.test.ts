import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { ServiceEvent } from "#src/core/events.js";
import { liveLines } from "#src/observe/live-lines.js";
import { Screen } from "../support/screen.ts";
import { SIGTERM } from "../support/stop-reasons.ts";
import { CLEAN, DRAINING, NONE_IDLE, Shop } from "./observed.ts";

const STOPPING: ServiceEvent = { type: "stopping", reason: SIGTERM, gracePeriodMs: 10_000 };
const BEGUN: ServiceEvent = { type: "draining", inFlight: DRAINING.inFlight, ...NONE_IDLE };
const CLOSED: ServiceEvent = { type: "closed", report: CLEAN };

const LOG = [
	"lastcall: shop (pid 7) is shutting down: SIGTERM; grace period 10 s",
	"lastcall: draining, 2 in flight: http GET /orders/7 (12 s), outbox task (40 ms)",
];
const COLOR = /\p{Cc}\[\d*m/gu;
const END = "lastcall: closed after 350 ms, everything finished, exit code 0";
const BLOCK = [
	"draining, 7.2 s left, 2 in flight, Ctrl+C to stop now",
	"  http GET /orders/7   12 s",
	"  outbox task         40 ms",
];

let screen: Screen;
let shop: Shop;
let tell: (event: ServiceEvent) => void;
let turn: (() => void) | undefined;

function setUp(columns = 80, rows = 24): void {
	screen = new Screen(columns, rows);
	shop = new Shop();
	turn = undefined;
	const observer = liveLines("shop (pid 7)", screen, (_ms, tick) => {
		turn = tick;
		return () => {
			turn = undefined;
		};
	});
	tell = (event) => observer(event, shop);
}
beforeEach(() => setUp());

function turns(n = 1): void {
	for (let i = 0; i < n; i++) turn?.();
}

test("the live block below the log rewrites itself, and the plain log is left at the end", async () => {
	tell({ type: "running" });
	assert.equal(turn, undefined, "a running service has no timer");
	tell(STOPPING);
	tell(BEGUN);
	assert.deepEqual(await screen.lines(), ["lastcall: shop (pid 7) is running", ...LOG], "not before it takes a while");
	turns();
	assert.deepEqual(await screen.lines(), ["lastcall: shop (pid 7) is running", ...LOG, "", ...BLOCK]);
	shop.now = { ...DRAINING, leftMs: 4_000, inFlight: [] };
	turns();
	assert.deepEqual((await screen.lines()).slice(3), ["", "draining, 4.0 s left, 0 in flight, Ctrl+C to stop now"]);
	tell({ type: "closing", resources: 1 });
	assert.deepEqual((await screen.lines()).slice(3), [
		"lastcall: closing 1 resource",
		"",
		"draining, 4.0 s left, 0 in flight, Ctrl+C to stop now",
	]);
	tell(CLOSED);
	assert.equal(turn, undefined);
	assert.deepEqual((await screen.lines()).slice(3), ["lastcall: closing 1 resource", END]);
});

test("the live log has no lines for what the block shows, nor for debug events", async () => {
	const waiting: ServiceEvent = { type: "waiting", inFlight: DRAINING.inFlight, idleConnections: 0, leftMs: 7_000 };
	tell(STOPPING);
	tell(BEGUN);
	turns();
	tell(waiting);
	tell({ type: "drained", name: "http", durationMs: 10 });
	assert.deepEqual(await screen.lines(), [...LOG, "", ...BLOCK]);
});

test("the live block makes room for what the program writes, and is drawn again below it when it is quiet", async () => {
	tell(STOPPING);
	tell(BEGUN);
	turns();
	screen.print("GET /orders/7 200\nGET /orders/8 200\n");
	const written = [...LOG, "GET /orders/7 200", "GET /orders/8 200"];
	assert.deepEqual(await screen.lines(), written);
	turns();
	assert.deepEqual(await screen.lines(), written);
	tell({ type: "waiting", inFlight: DRAINING.inFlight, idleConnections: 0, leftMs: 7_000 });
	const waiting = "lastcall: 7.0 s left, 2 in flight: http GET /orders/7 (12 s), outbox task (40 ms)";
	assert.deepEqual(await screen.lines(), [...written, waiting]);
	turns();
	assert.deepEqual(await screen.lines(), [...written, waiting, "", ...BLOCK]);
	screen.print("database closed\n");
	tell(CLOSED);
	assert.deepEqual(await screen.lines(), [...written, waiting, "database closed", END]);
	assert.equal(screen.isWatched, false);
});

test("what the program writes in the middle of a line stays in that line, with the live block below it", async () => {
	tell(STOPPING);
	tell(BEGUN);
	turns();
	screen.print("closing the database …");
	turns(2);
	assert.deepEqual(await screen.lines(), [...LOG, "closing the database …", ...BLOCK]);
	screen.print(" 50 % …");
	turns(2);
	assert.deepEqual(await screen.lines(), [...LOG, "closing the database … 50 % …", ...BLOCK]);
	screen.print(" done\nclosing the queue …");
	turns(2);
	tell({ type: "closing", resources: 1 });
	const lines = [...LOG, "closing the database … 50 % … done", "closing the queue …", "lastcall: closing 1 resource"];
	assert.deepEqual(await screen.lines(), [...lines, "", ...BLOCK]);
	tell(CLOSED);
	assert.deepEqual(await screen.lines(), [...lines, END]);
});

test("there is no live block between the lines of a program that goes on writing", async () => {
	tell(STOPPING);
	tell(BEGUN);
	turns();
	const written = Array.from({ length: 20 }, (_, i) => `line ${i}`);
	for (const line of written) {
		screen.print(`${line}\n`);
		turns();
		assert.equal((await screen.lines()).at(-1), line);
	}
	assert.deepEqual(await screen.lines(), [...LOG, ...written]);
});

test("a line that is not noticed, of a child process, is not overwritten by the live block, nor does a block stay on the screen", async () => {
	tell(STOPPING);
	tell(BEGUN);
	turns();
	screen.write("a line of a child\n");
	turns();
	assert.deepEqual(await screen.lines(), [...LOG, "a line of a child", "", ...BLOCK]);
	screen.write("without its end");
	turns();
	assert.deepEqual(await screen.lines(), [...LOG, "a line of a child", "without its end", ...BLOCK]);
	screen.write("\n");
	tell(CLOSED);
	assert.deepEqual(await screen.lines(), [...LOG, "a line of a child", "without its end", END]);
});

test("the live block is gone when the process exits in the middle of a shutdown", async () => {
	tell(STOPPING);
	tell(BEGUN);
	turns();
	screen.exit();
	assert.deepEqual(await screen.lines(), LOG);
});

test("the live block scrolls on a full terminal and leaves nothing behind", async () => {
	setUp(80, 6);
	for (let i = 0; i < 10; i++) screen.write(`line ${i}\n`);
	const before = Array.from({ length: 10 }, (_, i) => `line ${i}`);
	tell(STOPPING);
	tell(BEGUN);
	turns(3);
	assert.deepEqual(await screen.lines(), [...before, ...LOG, "", ...BLOCK]);
	screen.print("in the middle");
	turns(2);
	assert.deepEqual(await screen.lines(), [...before, ...LOG, "in the middle", ...BLOCK]);
	screen.print(" of a line\n");
	tell(CLOSED);
	assert.deepEqual(await screen.lines(), [...before, ...LOG, "in the middle of a line", END]);
});

test("a terminal of one or two lines keeps its log", async () => {
	for (const rows of [1, 2]) {
		setUp(80, rows);
		tell(STOPPING);
		tell(BEGUN);
		turns(2);
		screen.print("database closed\n");
		turns(2);
		tell(CLOSED);
		assert.deepEqual(await screen.lines(), [...LOG, "database closed", END]);
	}
});

for (const [from, to] of [
	[80, 40],
	[80, 13],
	[30, 100],
] as const) {
	test(`a terminal that is resized from ${from} to ${to} columns keeps its log`, async () => {
		setUp(from);
		tell(STOPPING);
		tell(BEGUN);
		turns();
		screen.resize(to);
		turns(2);
		tell(CLOSED);
		assert.deepEqual(await screen.lines(), [...LOG, END]);
	});
}

test("a ^C that the terminal shows has a line of its own", async () => {
	screen.write("^C");
	tell({ ...STOPPING, reason: { kind: "signal", signal: "SIGINT", number: 2, interactive: true } });
	assert.deepEqual((await screen.lines())[0], "^C");
});

test("a second ^C is gone with the live block", async () => {
	tell(STOPPING);
	tell(BEGUN);
	turns();
	// The terminal itself shows it: the program has not written it.
	screen.write("^C");
	tell({ type: "hard-stop", hardStop: { cause: SIGTERM, atMs: 1_000 }, left: [] });
	tell(CLOSED);
	assert.deepEqual(await screen.lines(), [
		...LOG,
		"lastcall: hard stop after 1.0 s (SIGTERM): nothing was in flight",
		END,
	]);
});

test("the colors of the live log show the level of a line, where colors are allowed", () => {
	const texts: string[] = [];
	for (const hasColors of [true, false]) {
		let text = "";
		const write = (some: string): void => {
			text += some;
		};
		const terminal = { columns: 80, rows: 24, hasColors, write, watch: () => () => {} };
		const observer = liveLines("shop", terminal, (_ms, tick) => {
			turn = tick;
			return () => {};
		});
		for (const event of [STOPPING, BEGUN]) observer(event, shop);
		turns();
		for (const event of [{ type: "failed", failure: { name: "db", error: 1 } } as const, CLOSED]) observer(event, shop);
		texts.push(text);
	}
	const colors = (text = ""): string[] => [...text.matchAll(COLOR)].map(([code]) => code);
	assert.deepEqual(colors(texts[0]), ["\x1b[2m", "\x1b[0m", "\x1b[31m", "\x1b[0m", "\x1b[2m", "\x1b[0m"]);
	assert.deepEqual(colors(texts[1]), []);
});
