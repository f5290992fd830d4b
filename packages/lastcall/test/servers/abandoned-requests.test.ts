import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { EndedEarly } from "lastcall";
import { Spread } from "#src/core/spread.js";
import { AbandonedRequests } from "#src/servers/listening/abandoned-requests.js";
import { type DrainPlan, planDrain } from "#src/servers/listening/drain-plan.js";
import { requestNames } from "#src/servers/listening/request-name.js";

const BOUND_MS = 5_000;

interface RequestsWithoutClients {
	readonly abandoned: AbandonedRequests;
	readonly responses: { writableEnded: boolean }[];
	/** When the first was added. */
	readonly since: number;
	names(now: number): string[];
}

function open(...targets: string[]): RequestsWithoutClients {
	const abandoned = new AbandonedRequests();
	const since = performance.now();
	const responses = targets.map((target) => {
		const response = { writableEnded: false };
		abandoned.add({}, response, { method: "GET", target, startedAt: since });
		return response;
	});
	return { abandoned, responses, since, names: (now) => abandoned.inFlight(now).map(requestNames(false)) };
}

/** A drain of a minute, and what it ends early. */
function draining(): { readonly plan: DrainPlan; readonly ended: EndedEarly[] } {
	const ended: EndedEarly[] = [];
	const how = { lingerMs: 0, leftMs: 60_000, spread: new Spread(0, () => 0) };
	return { plan: planDrain("web", requestNames(false), { ...how, onEndedEarly: (one) => ended.push(one) }), ended };
}

test("a request whose client has gone is in flight until its response is ended", () => {
	const { since, responses, names } = open("/1", "/2");
	assert.deepEqual(names(since), ["GET /1 (its client has gone)", "GET /2 (its client has gone)"]);
	if (responses[0]) responses[0].writableEnded = true;
	assert.deepEqual(names(since), ["GET /2 (its client has gone)"]);
});

test("a request whose client has gone is in flight for at most 5 s, and a running service only forgets it then", () => {
	const { abandoned, since, names } = open("/1");
	assert.equal(names(since + BOUND_MS - 1).length, 1);
	assert.equal(names(performance.now() + BOUND_MS).length, 0);
	const { plan, ended } = draining();
	abandoned.beginDrain(plan, () => false);
	assert.deepEqual([abandoned.size, ended], [0, []]);
});

test("a drain reports once that it no longer waits for a request whose client has gone", () => {
	const { abandoned, since } = open("/1");
	const { plan, ended } = draining();
	abandoned.beginDrain(plan, () => false);
	abandoned.clear(since + BOUND_MS - 1);
	assert.deepEqual([abandoned.size, ended], [1, []]);
	const now = performance.now() + BOUND_MS;
	abandoned.clear(now);
	abandoned.clear(now);
	assert.equal(abandoned.size, 0);
	const [{ ageMs = -1, ...one } = {}, ...others] = ended;
	assert.deepEqual([one, others], [{ name: "web", what: "GET /1", why: "client-gone" }, []]);
	assert.ok(ageMs >= 0 && ageMs <= performance.now() - since, `${ageMs} ms`);
});

test("adding a request whose client has gone forgets those before it that have ended", () => {
	const { abandoned, responses } = open("/1", "/2", "/3");
	for (const response of responses.slice(0, 2)) response.writableEnded = true;
	const last = { writableEnded: false };
	abandoned.add({}, last, { method: "GET", target: "/4", startedAt: 0 });
	assert.equal(abandoned.size, 2);
	assert.equal(responses[2]?.writableEnded || last.writableEnded, false);
});

test("a held or refused request whose client has gone is not waited for, and after a hard stop none is", () => {
	const { abandoned } = open();
	const held = {};
	abandoned.beginDrain(draining().plan, (request) => request === held);
	const response = { writableEnded: false };
	abandoned.add(held, response, { method: "GET", target: "/held", startedAt: 0 });
	assert.equal(abandoned.size, 0);
	const refused = {};
	abandoned.refuse(refused);
	abandoned.add(refused, response, { method: "GET", target: "/refused", startedAt: 0 });
	assert.equal(abandoned.size, 0);
	abandoned.add({}, response, { method: "GET", target: "/handed", startedAt: 0 });
	assert.equal(abandoned.size, 1);
	abandoned.stop();
	abandoned.add({}, response, { method: "GET", target: "/late", startedAt: 0 });
	assert.equal(abandoned.size, 0);
});

test("a request whose response was garbage-collected is not waited for", async () => {
	setFlagsFromString("--expose-gc");
	const collect = runInNewContext("gc") as () => void;
	const { abandoned, responses, since, names } = open("/kept");
	abandoned.add({}, { writableEnded: false }, { method: "GET", target: "/let-go", startedAt: since });
	await nextTurn();
	collect();
	assert.deepEqual(names(since), ["GET /kept (its client has gone)"]);
	assert.equal(responses.length, 1);
});
