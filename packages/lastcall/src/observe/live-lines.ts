import type { Observed, Observer, ServiceEvent } from "../core/events.ts";
import { describeEvent, type Level } from "./event-text.ts";
import { renderBlock } from "./live-block.ts";
import { prefixed } from "./log-prefix.ts";
import type { Terminal } from "./terminal.ts";

/** How often the block is drawn. A shutdown that takes less time has no block. */
const DRAW_EVERY_MS = 200;

/** After the program has written, the block is drawn again once it has been quiet for this many turns. */
const QUIET_TURNS = 2;

/** Erases everything from the cursor on. */
export const ERASE = "\x1b[J";

const COLOR: Partial<Record<Level, string>> = { warn: "\x1b[33m", error: "\x1b[31m" };

/** Calls `tick` again and again, without keeping the process alive. Returns a function that ends it. */
export type Ticker = (ms: number, tick: () => void) => () => void;

const REAL_TICKER: Ticker = (ms, tick) => {
	const timer = setInterval(tick, ms).unref();
	return () => clearInterval(timer);
};

/**
 * Writes events to a terminal: the plain lines, and below them, while the service is shutting down, a block that shows what it is
 * waiting for. The block is drawn again and again, and erased at the end: what is left is the plain log.
 *
 * The cursor stays above the block, where the program has left it, so that what is written next comes out whole. The block is
 * erased before the program writes to `process.stdout` or `process.stderr`. What a child process or a logger's thread writes is
 * not noticed: its first line is whole, and the rest of its lines may end with a piece of the block.
 */
export function liveLines(program: string, terminal: Terminal, ticker: Ticker = REAL_TICKER): Observer {
	const live = new LiveLog(program, terminal, ticker);
	return (event, service) => live.show(event, service);
}

class LiveLog {
	readonly #program: string;
	readonly #terminal: Terminal;
	readonly #ticker: Ticker;
	/** The lines of the block on the terminal, below the cursor. */
	#block: readonly string[] = [];
	#quietTurns = QUIET_TURNS;
	/** True if the program has begun a line and not ended it. */
	#isLineOpen = false;
	#stop: (() => void) | undefined;
	#unwatch: (() => void) | undefined;

	constructor(program: string, terminal: Terminal, ticker: Ticker) {
		this.#program = program;
		this.#terminal = terminal;
		this.#ticker = ticker;
	}

	show(event: ServiceEvent, service: Observed): void {
		if (event.type === "closed") this.#stop?.();
		const { level, lines } = describeEvent(event, this.#program);
		// The block shows what is being waited for.
		const isShown = level === "debug" || (event.type === "waiting" && this.#block.length > 0);
		if (!isShown) this.#writeLines(event, level, lines);
		if (event.type === "closed") this.#unwatch?.();
		if (event.type === "stopping") this.#stop = this.#ticker(DRAW_EVERY_MS, () => this.#turn(service));
	}

	#writeLines(event: ServiceEvent, level: Level, lines: readonly string[]): void {
		const block = this.#block;
		const color = this.#terminal.hasColors ? COLOR[level] : undefined;
		const text = lines.map((line) => `${prefixed(line)}\n`).join("");
		this.#terminal.write(this.#beginLine(event) + (color === undefined ? text : `${color}${text}\x1b[0m`));
		this.#block = [];
		this.#isLineOpen = false;
		if (event.type !== "closed" && block.length > 0) this.#draw(block);
	}

	/** Returns what has to be written before a line of the log. */
	#beginLine(event: ServiceEvent): string {
		const erase = this.#block.length > 0 ? ERASE : "";
		if (this.#isLineOpen) return `${erase}\n`;
		// The terminal has written ^C at the beginning of this line.
		if (event.type === "stopping" && event.reason.kind === "signal" && event.reason.interactive) return `${erase}\n`;
		// And that of another Ctrl+C is gone with the block.
		return erase === "" ? "" : `\r${erase}`;
	}

	#turn(service: Observed): void {
		this.#unwatch ??= this.#terminal.watch(
			(text) => this.#giveWay(text),
			() => this.#giveWay(""),
		);
		if (++this.#quietTurns >= QUIET_TURNS) this.#draw(renderBlock(service.snapshot(), this.#terminal));
	}

	/** Erases the block before the program writes `text`. */
	#giveWay(text: string): void {
		if (this.#block.length > 0) this.#terminal.write(ERASE);
		this.#block = [];
		this.#quietTurns = 0;
		this.#isLineOpen = text !== "" && !text.endsWith("\n");
	}

	/** Draws the block below the line of the cursor, and leaves the cursor where it was, in the middle of a line too. */
	#draw(lines: readonly string[]): void {
		const { rows, hasColors } = this.#terminal;
		const block = lines.slice(0, Math.max(0, rows - 1));
		if (block.length === 0) return;
		const text = block.map((line) => `\r\n${line}`).join("");
		// First the room: ESC D keeps the column, and scrolls at the lower end of the terminal, after which a saved place would be wrong.
		const room = `${"\x1bD".repeat(block.length)}\x1b[${block.length}A`;
		const shown = hasColors ? `\x1b[2m${text}\x1b[0m` : text;
		this.#terminal.write(`${ERASE}${room}\x1b7${shown}\x1b8`);
		this.#block = block;
	}
}
