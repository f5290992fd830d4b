import type { ChildProcess } from "node:child_process";
import type { EventEmitter } from "node:events";
import {
	type ParentMessage,
	readIpcMessage,
	type ServiceEnd,
	type ServiceMessage,
	toIpcMessage,
} from "../core/parent-messages.ts";

/** How long the last messages are waited for after the exit of the child: they have been sent, and may not have been read. */
const LAST_MESSAGES_MS = 200;

/**
 * The services in a child process with an IPC channel (`fork`, cluster). They are stopped by a message on it, and send how
 * their shutdown ended. Such a message can be sent twice without harm, and works on Windows, where SIGTERM ends a process at
 * once.
 */
export class ChildServices {
	readonly #child: ChildProcess;
	readonly #running = new Set<string>();
	/** Those that have replied to `drain`. */
	readonly #drained = new Set<string>();
	/** Called when all that run are drained, once `drain` was sent. */
	#whenDrained: (() => void) | undefined;
	#mayDeliver = false;
	readonly #onMessage: ((message: ServiceMessage) => void) | undefined;
	#unheard: (() => void) | undefined;
	#badEnd: ServiceEnd | undefined;

	/** @param onMessage called with each message of a service */
	constructor(child: ChildProcess, onMessage?: (message: ServiceMessage) => void) {
		this.#child = child;
		this.#onMessage = onMessage;
		// It does not keep the process alive: Node.js counts only listeners for `message` and `disconnect`.
		(child as EventEmitter).on("internalMessage", (ipcMessage) => {
			const message = readIpcMessage<ServiceMessage>(ipcMessage);
			if (message !== undefined) this.#receive(message);
		});
		this.send("who");
	}

	/** Returns true if a service has sent that it runs, and has not sent that it is closed. */
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

	/** Sends a message to the services, if the channel is still open. */
	send(message: ParentMessage): void {
		if (!this.#child.connected) return;
		this.#child.send(toIpcMessage(message), (error) => {
			if (error !== null && message === "stop") this.#notHeard();
		});
	}

	/**
	 * Sends `stop` to the services. Returns false if there is none: the child needs a signal.
	 * @param unheard called if it turns out later that none of them has got it
	 */
	stop(unheard: () => void): boolean {
		if (!this.areRunning || !this.#child.connected) return false;
		this.#unheard = unheard;
		this.send("stop");
		return true;
	}

	/** True if `drain` was sent, and all services that run have replied. */
	get areDrained(): boolean {
		return this.#whenDrained !== undefined && [...this.#running].every((id) => this.#drained.has(id));
	}

	/** Asks the services to drain, also those that begin later. Resolves when all have, or when the child has ended. */
	drain(): Promise<void> {
		return new Promise((resolve) => {
			this.#whenDrained = resolve;
			this.#child.once("exit", resolve);
			this.send("drain");
			this.#checkDrained();
		});
	}

	/** Lets the child's program have the signals that were held for it, also where a service begins later. After `drain`. */
	deliver(): void {
		this.#mayDeliver = true;
		this.send("deliver");
	}

	/** Resolves when everything that the child sent before its exit has been read. */
	lastMessages(): Promise<void> {
		const child = this.#child;
		if (!child.connected || !this.areRunning) return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, LAST_MESSAGES_MS);
			child.once("disconnect", () => {
				clearTimeout(timer);
				resolve();
			});
		});
	}

	#receive(message: ServiceMessage): void {
		this.#onMessage?.(message);
		if (message.type === "here") this.#running.add(message.id);
		if (message.type === "here" && this.#whenDrained !== undefined) this.send("drain");
		if (message.type === "here" && this.#mayDeliver) this.send("deliver");
		if (message.type === "stopping") this.#unheard = undefined;
		if (message.type === "drained") this.#drained.add(message.id);
		if (message.type === "drained") this.#checkDrained();
		if (message.type !== "closed") return;
		this.#running.delete(message.id);
		this.#checkDrained();
		if (message.end.exitCode > (this.#badEnd?.exitCode ?? 0)) this.#badEnd = message.end;
		// It was closed before `stop` arrived, and the process goes on without it.
		if (!this.areRunning) this.#notHeard();
	}

	#checkDrained(): void {
		if (this.areDrained) this.#whenDrained?.();
	}

	#notHeard(): void {
		const unheard = this.#unheard;
		this.#unheard = undefined;
		unheard?.();
	}
}
