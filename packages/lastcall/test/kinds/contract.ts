import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { HostedService, ServiceOptions } from "lastcall";
import { running } from "../support/running-service.ts";
import { type Kind, RULES, type RuleName, type Site } from "./kind.ts";

interface RunningSite {
	readonly service: HostedService;
	readonly site: Site;
	until(condition: () => boolean): Promise<void>;
}

/** The contract of every kind of connection: one test for each rule. */
export function contract(kind: Kind): void {
	void describe(kind.name, () => {
		for (const name of RULES) {
			const why = kind.cannot?.[name];
			void test(name, { timeout: 20_000, ...(why === undefined ? undefined : { skip: why }) }, (t) =>
				keeps[name](kind, (options) => open(t, kind, options)),
			);
		}
	});
}

type Open = (options?: ServiceOptions) => Promise<RunningSite>;

const keeps: Record<RuleName, (kind: Kind, open: Open) => Promise<void>> = {
	"work in flight finishes": async (_kind, open) => {
		const { service, site } = await open();
		const works = [await site.begin(), await site.begin()];
		const closed = service.stop();
		await draining(service);
		for (const work of works) work.finish();
		assert.deepEqual(await Promise.all(works.map(({ outcome }) => outcome)), ["whole", "whole"]);
		const { ok, left, hardStop } = await closed;
		assert.deepEqual({ ok, left, hardStop }, { ok: true, left: [], hardStop: undefined });
	},

	"work begun while draining finishes": async (_kind, open) => {
		const { service, site, until } = await open();
		const work = await site.begin();
		assert.ok(work.more, "a kind without it says why it can't");
		void service.stop();
		// During the first steps of the drain, before any closing message.
		const more = await work.more();
		await until(() => service.phase === "draining");
		more.finish();
		work.finish();
		assert.deepEqual(await Promise.all([work.outcome, more.outcome]), ["whole", "whole"]);
		assert.equal((await service.closed).ok, true);
	},

	"new clients are refused": async (kind, open) => {
		const { service, site } = await open();
		const work = await site.begin();
		const closed = service.stop();
		await draining(service);
		// While the listener is being closed, a client may still be accepted: then it is served.
		let outcome = await site.connectAnew();
		while (outcome === "whole") outcome = await site.connectAnew();
		assert.match(outcome, kind.newOutcome);
		work.finish();
		assert.equal(await work.outcome, "whole");
		assert.equal((await closed).ok, true);
	},

	"idle clients get a closing message": async (kind, open) => {
		const { service, site } = await open();
		const idle = await site.idle();
		const { ok, hardStop } = await service.stop();
		assert.match(await idle.outcome, kind.idleOutcome);
		assert.deepEqual({ ok, hardStop }, { ok: true, hardStop: undefined });
	},

	"silent clients are not waited for": async (kind, open) => {
		const { service, site } = await open();
		await site.silent();
		const { ok, hardStop, left, endedEarly } = await service.stop();
		assert.deepEqual({ ok, hardStop, left }, { ok: true, hardStop: undefined, left: [] });
		const cut = endedEarly.filter(({ why }) => why === "peer-silent");
		assert.equal(cut.length, kind.silentName === undefined ? 0 : 1);
		for (const { name, what } of cut) assert.match(`${name} ${what}`, kind.silentName ?? /^$/);
	},

	"work in flight has a name": async (kind, open) => {
		const { service, site } = await open();
		const work = await site.begin();
		const names = (): string[] => service.inFlight().map(({ name, what, ageMs }) => `${name} ${what} ${ageMs >= 0}`);
		assert.match(names().join("\n"), kind.inFlight);
		const closed = service.stop();
		await draining(service);
		assert.match(names().join("\n"), kind.inFlight);
		work.finish();
		await work.outcome;
		await closed;
		assert.deepEqual(names(), []);
	},

	"the deadline cuts work": async (kind, open) => {
		const { service, site } = await open({ gracePeriodMs: 400, lingerMs: 20 });
		const work = await site.begin();
		const { exitCode, hardStop } = await service.stop();
		assert.equal(hardStop?.cause, "deadline");
		assert.equal(exitCode, 1);
		assert.match(await work.outcome, kind.cutOutcome);
	},

	"work that is left has a name": async (kind, open) => {
		const { service, site } = await open();
		const work = await site.begin();
		const closed = service.stop();
		await draining(service);
		void service.stopNow();
		const { left } = await closed;
		assert.match(left.map(({ name, what, ageMs }) => `${name} ${what} ${ageMs >= 0}`).join("\n"), kind.inFlight);
		await work.outcome;
	},

	"no socket is left open": async (_kind, open) => {
		const { service, site } = await open();
		const [work, idle] = [await site.begin(), await site.idle()];
		const closed = service.stop();
		await draining(service);
		work.finish();
		await Promise.all([work.outcome, idle.outcome, closed]);
		let isGone = false;
		while (!isGone) {
			isGone = await site.isGone();
			await nextTurn();
		}
	},
};

async function open(t: TestContext, kind: Kind, options: ServiceOptions = {}): Promise<RunningSite> {
	const { service, until } = await running(t, options);
	return { service, site: await kind.open(t, service), until };
}

/** Waits until draining has begun. */
async function draining(service: HostedService): Promise<void> {
	while (service.phase !== "draining") await nextTurn();
}
