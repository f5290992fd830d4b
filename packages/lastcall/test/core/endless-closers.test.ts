import assert from "node:assert/strict";
import { test } from "node:test";
import { createService, type HostedService, StoppedError } from "lastcall";
import { hang } from "../support/deferred.ts";
import { runningService } from "../support/watched-service.ts";

test("closers that acquire one more resource for ever end with the deadline: the last is left, and the report is right", async () => {
	const { service, clock } = await runningService({ gracePeriodMs: 1_000 });
	let count = 0;
	let refused = 0;
	const acquire = (): void => {
		count++;
		service.defer("again", async () => {
			await clock.wait(30);
			try {
				acquire();
			} catch (error) {
				assert.ok(error instanceof StoppedError);
				refused++;
			}
		});
	};
	acquire();
	service.defer("db", () => clock.wait(10));
	const stopped = service.stop();
	await clock.advance(1_000);
	const report = await stopped;
	assert.equal(report.durationMs, 1_000);
	assert.deepEqual(
		report.left.map(({ name, what }) => `${name} ${what}`),
		["again closing"],
	);
	assert.equal(report.closers.length, 1 + count);
	assert.equal(report.closers.at(-1)?.outcome, "left");
	assert.equal(report.exitCode, 1);
	assert.deepEqual(report.errors, []);
	// What is acquired after the end is closed at once and refused, so that a program that handles the error stops acquiring.
	await clock.advance(60);
	assert.ok(refused > 0);
});

test("a resource that is acquired after the deadline is closed and not waited for", async () => {
	const { service, clock, state } = await runningService({ gracePeriodMs: 1_000 });
	const begun: string[] = [];
	service.defer("stuck", async () => {
		state.hardStopSignal.addEventListener("abort", () => {
			service.defer("late", () => {
				begun.push("late");
				return hang();
			});
		});
		await hang();
	});
	const stopped = service.stop();
	await clock.advance(1_000);
	const { closers } = await stopped;
	assert.deepEqual(begun, ["late"]);
	assert.deepEqual(
		closers.map(({ name, outcome }) => `${name} ${outcome}`),
		["stuck left", "late left"],
	);
});

/** Uses a real deadline, since nothing but time can end it. */
async function endsWith(begin: (service: HostedService) => unknown): Promise<void> {
	const service = createService({ gracePeriodMs: 200, log: false });
	await service.start();
	begin(service);
	const { phases, exitCode } = await service.stop();
	assert.equal(phases.at(-1)?.phase, "closed");
	assert.equal(typeof exitCode, "number");
}

/** Acquires one more in each microtask until the service is closed. */
function acquireInMicrotasks(service: HostedService, before: () => void = () => {}): void {
	service.defer("again", async () => {
		before();
		await undefined;
		if (service.phase !== "closed") acquireInMicrotasks(service);
	});
}

test("closers that acquire one more resource in their own turn, for ever, end too", async () => {
	await endsWith((service) => {
		const again = (): void => service.defer("again", again);
		again();
	});
});

test("closers that acquire one more resource in each microtask, for ever, end too", async () => {
	await endsWith((service) => acquireInMicrotasks(service));
});

/** Spins until the deadline of the service is over, so that its timer is due and has not fired. */
function spin(): void {
	for (const end = performance.now() + 300; performance.now() < end; );
}

const BESIDE: Record<string, (service: HostedService) => unknown> = {
	alone: () => {},
	"beside one that hangs": (service) =>
		Promise.all(["a", "b"].map((name) => service.group(name, (group) => group.defer("hangs", hang)))),
	"before those that wait for one that hangs": (service) => {
		service.defer("waits", () => {});
		service.defer("hangs", hang);
	},
};
for (const [where, begin] of Object.entries(BESIDE)) {
	test(`closers that acquire in microtasks when the deadline is over and its timer has not fired end too, ${where}`, async () => {
		await endsWith(async (service) => {
			void begin(service);
			acquireInMicrotasks(service, spin);
		});
	});
}

test("closers that acquire one more and end at once leave the event loop its turns: a second signal is handled meanwhile", async () => {
	const service = createService({ gracePeriodMs: 600_000, log: false });
	await service.start();
	const again = (): void => service.defer("again", () => void (service.phase === "closing" && again()));
	again();
	void service.stop();
	setImmediate(() => setImmediate(() => void service.stopNow("enough")));
	const { hardStop } = await service.closed;
	assert.deepEqual(hardStop?.cause, { kind: "call", why: "enough" });
});
