import type { Socket } from "node:net";
import type { TestContext } from "node:test";
import { isRefused } from "../support/place.ts";

/** A client of a line protocol. It keeps the lines that it gets and closes its side when the server has. */
export class LineClient {
	readonly socket: Socket;
	/** Resolves to how the connection ended: `closed`, or the code of the error. */
	readonly ended: Promise<string>;
	readonly #lines: string[] = [];
	readonly #waiting: ((line: string) => void)[] = [];
	#rest = "";
	#error: string | undefined;

	constructor(t: TestContext, socket: Socket) {
		this.socket = socket;
		socket.setEncoding("latin1");
		socket.on("data", (text: string) => {
			const lines = (this.#rest + text).split("\n");
			this.#rest = lines.pop() ?? "";
			for (const line of lines) this.#take(line);
		});
		socket.on("error", ({ code, message }: NodeJS.ErrnoException) => {
			this.#error ??= isRefused(code) ? "refused" : (code ?? message);
		});
		socket.on("end", () => socket.end());
		this.ended = new Promise((resolve) => socket.on("close", () => resolve(this.#error ?? "closed")));
		t.after(() => socket.destroy());
	}

	say(line: string): void {
		this.socket.write(`${line}\n`);
	}

	/** The next line, or how the connection ended before it came. */
	line(): Promise<string> {
		const line = this.#lines.shift();
		if (line !== undefined) return Promise.resolve(line);
		return Promise.race([new Promise<string>((resolve) => this.#waiting.push(resolve)), this.ended]);
	}

	#take(line: string): void {
		const waiting = this.#waiting.shift();
		if (waiting === undefined) this.#lines.push(line);
		else waiting(line);
	}
}
