import xterm from "@xterm/headless";

/** A terminal whose content can be read. */
export class Screen {
	columns: number;
	rows: number;
	hasColors = true;
	/** Called before the program writes, if that is watched. */
	#onWrite: ((text: string) => void) | undefined;
	#onExit: (() => void) | undefined;
	readonly #terminal: InstanceType<typeof xterm.Terminal>;

	constructor(columns = 80, rows = 24) {
		this.columns = columns;
		this.rows = rows;
		this.#terminal = new xterm.Terminal({
			cols: columns,
			rows,
			convertEol: true,
			allowProposedApi: true,
			scrollback: 1_000,
		});
	}

	get isWatched(): boolean {
		return this.#onWrite !== undefined;
	}

	/** What the log writes, or what nothing notices: a child process, or the terminal itself. */
	write(text: string): void {
		this.#terminal.write(text);
	}

	watch(onWrite: (text: string) => void, onExit: () => void): () => void {
		this.#onWrite = onWrite;
		this.#onExit = onExit;
		return () => {
			this.#onWrite = this.#onExit = undefined;
		};
	}

	/** The program writes. */
	print(text: string): void {
		this.#onWrite?.(text);
		this.#terminal.write(text);
	}

	/** The process exits. */
	exit(): void {
		this.#onExit?.();
	}

	resize(columns: number, rows: number = this.rows): void {
		this.columns = columns;
		this.rows = rows;
		this.#terminal.resize(columns, rows);
	}

	/** All lines that were not erased, including the scrollback, without empty lines at the end. */
	async lines(): Promise<string[]> {
		await new Promise<void>((resolve) => this.#terminal.write("", resolve));
		const { active } = this.#terminal.buffer;
		const lines: string[] = [];
		for (let y = 0; y < active.length; y++) {
			const line = active.getLine(y);
			const text = line?.translateToString(true) ?? "";
			if (line?.isWrapped) lines.push((lines.pop() ?? "") + text);
			else lines.push(text);
		}
		return lines.join("\n").trimEnd().split("\n");
	}
}
