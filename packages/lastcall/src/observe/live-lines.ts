import type { Observed, Observer, ServiceEvent } from "../core/events.ts";
import { describeEvent, type Level } from "./event-text.ts";
import { renderBlock } from "./live-block.ts";
import { prefixed } from "./log-prefix.ts";
import type { Terminal } from "./terminal.ts";

/** How often the block is drawn. A shutdown that takes less time has no block. */
const DRAW_EVERY_MS = 200;

/** After the program has written, the block is drawn again once it has been quiet for this many turns. */
const QUIET_TURNS = 5;

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
 * If the program writes to `process.stdout` or `process.stderr`, a new block begins below that. What a child process or a thread
 * writes is not noticed, and its last line may be overwritten.
 */
export function liveLines(program: string, terminal: Terminal, ticker: Ticker = REAL_TICKER): Observer {
	const live = new LiveLog(program, terminal, ticker);
	return (event, service) => live.show(event, service);
}

class LiveLog {
	readonly #program: string;
	readonly #terminal: Terminal;
	readonly #ticker: Ticker;
	/** The lines of the block on the terminal. The cursor is below them. */
	#block: readonly string[] = [];
	/** How much had been written at the last look. */
	#seen = 0;
	#quietTurns = QUIET_TURNS;
	#stop: (() => void) | undefined;

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
		if (event.type !== "stopping") return;
		// What the program wrote before is no reason to wait.
		this.#quietTurns = QUIET_TURNS;
		this.#stop = this.#ticker(DRAW_EVERY_MS, () => this.#turn(service));
	}

	#writeLines(event: ServiceEvent, level: Level, lines: readonly string[]): void {
		const block = this.#erase();
		const color = this.#terminal.hasColors ? COLOR[level] : undefined;
		const text = lines.map((line) => `${prefixed(line)}\n`).join("");
		// The terminal has written ^C at the beginning of this line.
		const start = event.type === "stopping" && event.reason.kind === "signal" && event.reason.interactive ? "\n" : "";
		this.#write(start + (color === undefined ? text : `${color}${text}\x1b[0m`));
		if (event.type !== "closed") this.#draw(block);
	}

	#turn(service: Observed): void {
		this.#noticeWrites();
		if (++this.#quietTurns < QUIET_TURNS) return;
		this.#erase();
		this.#draw(renderBlock(service.snapshot(), this.#terminal));
	}

	/** If the program has written below the block, the block stays where it is. */
	#noticeWrites(): void {
		const { written } = this.#terminal;
		if (written === this.#seen) return;
		this.#seen = written;
		this.#block = [];
		this.#quietTurns = 0;
	}

	/** Erases the block, and returns it. */
	#erase(): readonly string[] {
		this.#noticeWrites();
		const block = this.#block;
		this.#block = [];
		if (block.length === 0) return block;
		// A terminal that has become narrower has wrapped the lines.
		const { columns } = this.#terminal;
		const rows = block.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
		this.#write(`\r\x1b[${rows}A\x1b[J`);
		return block;
	}

	#draw(block: readonly string[]): void {
		if (block.length === 0) return;
		const text = block.map((line) => `${line}\n`).join("");
		this.#write(this.#terminal.hasColors ? `\x1b[2m${text}\x1b[0m` : text);
		this.#block = block;
	}

	#write(text: string): void {
		this.#terminal.write(text);
		this.#seen = this.#terminal.written;
	}
}
