// What the examples in the docstrings use without declaring it: see `docstrings.test.ts`.
import type { EventEmitter } from "node:events";
import type { RequestListener, Server } from "node:http";
import type { HostedService, Service } from "lastcall";
import type { FakeClock, TestService } from "lastcall/testing";

/** A message queue of the reader's choice. */
interface Queue extends EventEmitter {
	receive(options: { signal: AbortSignal }): Promise<Message>;
	on(event: "message", listener: (message: Message) => void): this;
}

interface Message {
	readonly id: number;
}

declare global {
	// The service.
	const service: Service;
	const hosted: HostedService;
	const main: (service: Service) => Promise<void>;
	// The test kit.
	const test: TestService;
	const clock: FakeClock;
	// The reader's program.
	const server: Server;
	const handler: RequestListener;
	const queue: Queue;
	const pool: { query(sql: string): Promise<unknown> };
	function handle(message: Message): Promise<void>;
	function translate(message: unknown): Promise<string>;
	function exportAll(): Promise<void>;
	function makeThumbnails(signal: AbortSignal): Promise<void>;
	function deleteExpiredSessions(options?: { signal: AbortSignal }): Promise<void>;
}
