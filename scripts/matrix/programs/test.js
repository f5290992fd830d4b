// A test of a program, for test runners. `test` is a global of the runner.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { createService, StoppedError } from "lastcall";
import { assertFinished, startService } from "lastcall/testing";

test("a service finishes its request, and its task ends with the error of an aborted timer", async () => {
	const service = createService({ log: false });
	const server = createServer((_, response) => {
		response.write("first half, ");
		service.drainSignal.addEventListener("abort", () => response.end("second half"));
	});
	await service.start(async (service) => {
		service.task("waits", (signal) => setTimeout(1_000_000, undefined, { signal }));
		await service.listen("http", server, 0);
	});
	const address = server.address();
	const response = await fetch(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
	const closed = service.stop();
	const text = await response.text();
	if (text !== "first half, second half") throw new Error(`got "${text}"`);
	assertFinished(await closed);
	if (!(service.drainSignal.reason instanceof StoppedError)) throw new Error("not aborted by a StoppedError");
});

test("the clock of the test kit moves", async () => {
	let runs = 0;
	const { service, clock } = await startService((service) => {
		service.every("counts", 60_000, () => {
			runs++;
		});
	});
	await clock.advance(60_000);
	await clock.advance(60_000);
	if (runs < 2) throw new Error(`it ran ${runs} times`);
	assertFinished(await service.stop());
});
