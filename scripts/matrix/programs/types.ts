// Compiled only: that the types resolve, and that those of both entries fit together.
import { createServer } from "node:http";
import {
	createService,
	type HostedService,
	type Log,
	run,
	type Service,
	type ShutdownReport,
	StoppedError,
} from "lastcall";
import { assertFinished, type FakeClock, startService, type TestService } from "lastcall/testing";

export function main(service: Service): void {
	service.serve("http", createServer());
	service.task("waits", async (signal: AbortSignal) => {
		if (signal.reason instanceof StoppedError) console.log(signal.reason.stopReason.kind);
	});
}

const log: Log = "json";
export const hosted: HostedService = createService({ gracePeriodMs: 5_000, log });
export const report: Promise<ShutdownReport> = run(main, { lameDuckMs: 0 });

export async function test(): Promise<FakeClock> {
	const { service, clock }: TestService = await startService(main);
	assertFinished(await service.stop());
	return clock;
}

// @ts-expect-error: a time is a number
createService({ gracePeriodMs: "5s" });
