import type { Observed, Observer, ServiceEvent } from "../core/events.ts";
import { type Level, textOf } from "./event-text.ts";
import { blockOf } from "./live-block.ts";
import type { Terminal } from "./terminal.ts";

/** How often the block is drawn anew. A shutdown that is over before has only its lines. */
const EVERY_MS = 200;

/** After somebody else has written, the block is drawn again when so many turns were quiet. */
const QUIET_TURNS = 5;

const COLOR: Partial<Record<Level, string>> = { warn: "\x1b[33m", error: "\x1b[31m" };

/** Calls back again and again without keeping the program alive. Returns what ends it. */
export type Ticker = (ms: number, tick: () => void) => () => void;

const realTicker: Ticker = (ms, tick) => {
	const timer = setInterval(tick, ms).unref();
	return () => clearInterval(timer);
};

/**
 * Tells somebody at a terminal: the plain lines as they come, and below them, while the service is shutting down, a block
 * that says what it is waiting for. The block rewrites itself and is gone at the end: the log that is left is the plain one.
 *
 * It notices what the program writes by `process.stdout` and `process.stderr`, and then begins a new block below; the
 * lines of a child or of a thread it can't notice, and may write over the last of them.
 */
export function liveLines(who: string, terminal: Terminal, ticker: Ticker = realTicker): Observer {
	const live = new Live(who, terminal, ticker);
	return (event, service) => live.tell(event, service);
}

class Live {
	readonly #who: string;
	readonly #terminal: Terminal;
	readonly #ticker: Ticker;
	/** The lines of the block that is there, below which the cursor stands. */
	#block: readonly string[] = [];
	/** How much had been written when we looked last. */
	#seen = 0;
	#quietTurns = QUIET_TURNS;
	#stop: (() => void) | undefined;

	constructor(who: string, terminal: Terminal, ticker: Ticker) {
		this.#who = who;
		this.#terminal = terminal;
		this.#ticker = ticker;
	}

	tell(event: ServiceEvent, service: Observed): void {
		if (event.type === "closed") this.#stop?.();
		const { level, lines } = textOf(event, this.#who);
		// The block says so all the time.
		const isSaid = level === "debug" || (event.type === "waiting" && this.#block.length > 0);
		if (!isSaid) this.#say(event, level, lines);
		if (event.type !== "stopping") return;
		// What was written before is no reason to wait.
		this.#quietTurns = QUIET_TURNS;
		this.#stop = this.#ticker(EVERY_MS, () => this.#turn(service));
	}

	#say(event: ServiceEvent, level: Level, lines: readonly string[]): void {
		const block = this.#erase();
		const color = this.#terminal.hasColors ? COLOR[level] : undefined;
		const text = lines.map((line) => `lastcall: ${line}\n`).join("");
		// The terminal has put ^C at the beginning of the line.
		const start = event.type === "stopping" && event.reason.kind === "signal" && event.reason.interactive ? "\n" : "";
		this.#write(start + (color === undefined ? text : `${color}${text}\x1b[0m`));
		if (event.type !== "closed") this.#draw(block);
	}

	#turn(service: Observed): void {
		this.#noticeOthers();
		if (++this.#quietTurns < QUIET_TURNS) return;
		this.#erase();
		this.#draw(blockOf(service.snapshot(), this.#terminal));
	}

	/** Whatever others have written stands below the block: that one is left where it is. */
	#noticeOthers(): void {
		const { written } = this.#terminal;
		if (written === this.#seen) return;
		this.#seen = written;
		this.#block = [];
		this.#quietTurns = 0;
	}

	/** Takes the block away, and returns it. */
	#erase(): readonly string[] {
		this.#noticeOthers();
		const block = this.#block;
		this.#block = [];
		if (block.length === 0) return block;
		// In a terminal that was made narrower meanwhile, lines have been wrapped.
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
