import type { ChildProcess } from "node:child_process";
import type { EventEmitter } from "node:events";
import {
	type ParentMessage,
	readIpcMessage,
	type ServiceEnd,
	type ServiceMessage,
	toIpcMessage,
} from "../core/parent-messages.ts";

/** How long after the child's exit its last words are waited for: they have been sent, and may not have been read. */
const LAST_WORDS_MS = 200;

/**
 * The services in a child process that has an IPC channel (`fork`, cluster): told to stop through it, and asked how they
 * ended. Such a stop can be sent again without harm, and arrives on Windows, where SIGTERM ends a process at once.
 */
export class ChildServices {
	readonly #child: ChildProcess;
	readonly #running = new Set<string>();
	readonly #heard: ((said: ServiceMessage) => void) | undefined;
	#unheard: (() => void) | undefined;
	#badEnd: ServiceEnd | undefined;

	/** @param heard is told each word */
	constructor(child: ChildProcess, heard?: (said: ServiceMessage) => void) {
		this.#child = child;
		this.#heard = heard;
		// It holds nothing: Node.js counts only listeners of `message` and `disconnect`.
		(child as EventEmitter).on("internalMessage", (message) => {
			const word = readIpcMessage<ServiceMessage>(message);
			if (word !== undefined) this.#hear(word);
		});
		this.say("who");
	}

	/** Returns true if some service has told that it runs, and not yet that it is closed. */
	get areRunning(): boolean {
		return this.#running.size > 0;
	}

	/** What a shutdown in the child left or failed at, as an error, or `undefined` if all of them ended well. */
	get failure(): Error | undefined {
		if (this.#badEnd === undefined) return undefined;
		const { exitCode, left, failed } = this.#badEnd;
		const parts = [...(left > 0 ? [`${left} left`] : []), ...(failed > 0 ? [`${failed} failed`] : [])];
		return new Error([`its shutdown ended with exit code ${exitCode}`, parts.join(", ")].filter(Boolean).join(": "));
	}

	/** Tells the services something, if the channel is still open. */
	say(word: ParentMessage): void {
		if (!this.#child.connected) return;
		this.#child.send(toIpcMessage(word), (error) => {
			if (error !== null && word === "stop") this.#notHeard();
		});
	}

	/**
	 * Tells the services to stop. Returns false if there are none to tell: the child needs a signal.
	 * @param unheard called if it turns out later that none of them heard it
	 */
	stop(unheard: () => void): boolean {
		if (!this.areRunning || !this.#child.connected) return false;
		this.#unheard = unheard;
		this.say("stop");
		return true;
	}

	/** Resolves when everything that the child sent before its exit has been read. */
	lastWords(): Promise<void> {
		const child = this.#child;
		if (!child.connected || !this.areRunning) return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, LAST_WORDS_MS);
			child.once("disconnect", () => {
				clearTimeout(timer);
				resolve();
			});
		});
	}

	#hear(said: ServiceMessage): void {
		this.#heard?.(said);
		if (said.word === "here") this.#running.add(said.id);
		if (said.word === "stopping") this.#unheard = undefined;
		if (said.word !== "closed") return;
		this.#running.delete(said.id);
		if (said.end.exitCode > (this.#badEnd?.exitCode ?? 0)) this.#badEnd = said.end;
		// It was closed before `stop` arrived, and the process goes on without it.
		if (!this.areRunning) this.#notHeard();
	}

	#notHeard(): void {
		const unheard = this.#unheard;
		this.#unheard = undefined;
		unheard?.();
	}
}
