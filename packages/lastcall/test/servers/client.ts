import { EventEmitter, once } from "node:events";
import type { Socket } from "node:net";
import { type ReceivedResponse, ResponseParser } from "./responses.ts";

export interface ClientOptions {
	/** Reads nothing before `read()`. */
	readonly paused?: boolean;
	/** Leaves its side open when the server has closed its own. */
	readonly stubborn?: boolean;
}

/** A client that writes what the test wants and keeps what comes back. */
export class Client {
	readonly socket: Socket;
	/** The code of the error that the connection ended with. */
	error: string | undefined;
	/** Resolves when the connection has ended, one way or another. */
	readonly closed: Promise<void>;
	/** Everything that was received, for protocols after an upgrade. */
	received = "";
	readonly #methods: string[] = [];
	readonly #parser = new ResponseParser((nth) => this.#methods[nth] === "HEAD");
	readonly #changes = new EventEmitter();
	#isClosed = false;

	constructor(socket: Socket, { paused = false, stubborn = false }: ClientOptions = {}) {
		this.socket = socket;
		socket.on("error", (error: NodeJS.ErrnoException) => {
			this.error ??= error.code ?? error.message;
		});
		socket.on("end", () => {
			this.#parse(Buffer.alloc(0), true);
			if (!stubborn) socket.end();
			this.#changes.emit("change");
		});
		this.closed = new Promise((resolve) => {
			socket.on("close", () => {
				this.#isClosed = true;
				this.#changes.emit("change");
				resolve();
			});
		});
		if (!paused) this.read();
	}

	/** The complete final responses. */
	get responses(): readonly ReceivedResponse[] {
		return this.#parser.responses;
	}

	/** The statuses of the interim responses. */
	get interim(): readonly number[] {
		return this.#parser.interim;
	}

	/** The response whose head has come and whose body has not. */
	get open(): ReceivedResponse | undefined {
		return this.#parser.open;
	}

	/** Reads from now on. */
	read(): void {
		this.socket.on("data", (bytes: Buffer) => {
			if (bytes.length < 10_000) this.received += bytes.toString("latin1");
			this.#parse(bytes);
			this.#changes.emit("change");
		});
	}

	/** Requests all these paths, pipelined in one write. */
	get(...urls: string[]): void {
		void this.write(urls.map((url) => this.head("GET", url)).join(""));
	}

	ask(method: string, url: string, ...lines: string[]): void {
		void this.write(this.head(method, url, ...lines));
	}

	/** The head of a request that is about to be written. */
	head(method: string, url: string, ...lines: string[]): string {
		this.#methods.push(method);
		return [`${method} ${url} HTTP/1.1`, "Host: localhost", ...lines, "", ""].join("\r\n");
	}

	/** Resolves once the kernel has all of it, or the connection has ended. */
	write(bytes: string | Buffer): Promise<void> {
		return new Promise((resolve) => {
			this.socket.write(bytes, () => resolve());
		});
	}

	/** Waits until this many complete responses have come. */
	async answered(count = 1): Promise<readonly ReceivedResponse[]> {
		await this.#until(() => this.responses.length >= count, `response ${count}`);
		return this.responses;
	}

	/** Waits for the head of the next response. */
	async headCame(): Promise<ReceivedResponse> {
		await this.#until(() => this.open !== undefined, "a head");
		return this.open as ReceivedResponse;
	}

	/** Waits until this many interim responses have come. */
	cameInterim(count = 1): Promise<void> {
		return this.#until(() => this.interim.length >= count, `interim response ${count}`);
	}

	/** Waits until what was received ends with this text. */
	cameText(text: string): Promise<void> {
		return this.#until(() => this.received.endsWith(text), JSON.stringify(text));
	}

	/** Sends a GET and waits for its response. */
	async fetch(url: string): Promise<ReceivedResponse> {
		const count = this.responses.length + 1;
		this.get(url);
		await this.answered(count);
		return this.responses[count - 1] as ReceivedResponse;
	}

	#parse(bytes: Buffer, isEnd = false): void {
		try {
			this.#parser.push(bytes, isEnd);
		} catch (error) {
			this.error ??= (error as Error).message;
			this.socket.destroy();
		}
	}

	async #until(done: () => boolean, what: string): Promise<void> {
		while (!done()) {
			if (this.#isClosed) throw new Error(`connection ended before ${what}: ${this.error ?? "no error"}`);
			await once(this.#changes, "change");
		}
	}
}
