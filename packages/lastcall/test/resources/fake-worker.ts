import { EventEmitter } from "node:events";
import { type ParentMessage, readIpcMessage, type ServiceMessage, toIpcMessage } from "#src/core/parent-messages.js";

/** A worker whose messages the test sends, and that records the messages that it gets. */
export class FakeWorker extends EventEmitter {
	readonly received: ParentMessage[] = [];
	readonly process: EventEmitter & { connected: boolean; send(message: unknown, done: () => void): void };

	constructor() {
		super();
		this.process = Object.assign(new EventEmitter(), {
			connected: true,
			send: (message: unknown, done: () => void): void => {
				this.received.push(readIpcMessage<ParentMessage>(message) as ParentMessage);
				this.process.emit("received");
				done();
			},
		});
	}

	sends(type: ServiceMessage["type"], id: string = "a"): void {
		const message = type === "closed" ? { type, id, end: { exitCode: 0, left: 0, failed: 0 } } : { type, id };
		this.process.emit("internalMessage", toIpcMessage<ServiceMessage>(message));
	}
}
