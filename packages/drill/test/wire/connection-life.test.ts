import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ConnectionEnd } from "#src/record/connection-end.js";
import { ConnectionLife } from "#src/wire/connection-life.js";

/** A life, and what its listener heard. */
function life(): { life: ConnectionLife; heard: unknown[]; ended: () => ConnectionEnd | undefined } {
	const heard: unknown[] = [];
	let end: ConnectionEnd | undefined;
	const connection = new ConnectionLife(3, {
		opened: () => heard.push("opened"),
		refused: (error) => heard.push(["refused", error]),
		responseBegan: () => heard.push("responseBegan"),
		settled: () => heard.push("settled"),
		closed: (ended) => {
			heard.push("closed");
			end = ended;
		},
	});
	return { life: connection, heard, ended: () => end };
}

describe("the life of a connection", () => {
	it("ends with the outcomes of its requests, then with how it ended", () => {
		const { life: connection, heard, ended } = life();
		connection.open();
		connection.end({ error: undefined, unaskedStatus: 408 }, () => heard.push("rest"));
		assert.deepEqual(heard, ["opened", "rest", "closed"]);
		const { connection: number, how, unaskedStatus } = ended() ?? {};
		assert.deepEqual({ number, how, unaskedStatus }, { number: 3, how: "by-client", unaskedStatus: 408 });
	});

	for (const [first, expected] of [
		["endByServer", "by-server"],
		["endByClient", "by-client"],
		["runOutOfTime", "by-client"],
	] as const) {
		it(`was ended by the side that was first: ${first}`, () => {
			const { life: connection, ended } = life();
			connection.open();
			assert.equal(connection.isEnding, false);
			connection[first]();
			assert.ok(connection.isEnding);
			connection.endByServer();
			connection.endByClient();
			connection.end({ error: undefined }, () => {});
			assert.equal(ended()?.how, expected);
			assert.equal(connection.isOutOfTime, first === "runOutOfTime");
		});
	}

	it("was reset where there is an error, whichever side was first", () => {
		const { life: connection, ended } = life();
		connection.open();
		connection.endByServer();
		connection.end({ error: "ECONNRESET" }, () => {});
		assert.equal(ended()?.how, "reset");
	});

	for (const [what, error, isGivenUp, expected] of [
		["with its error", "ECONNREFUSED", false, "ECONNREFUSED"],
		["with a reset if there is none", undefined, false, "ECONNRESET"],
		["without an error if the client gave up", undefined, true, undefined],
	] as const) {
		it(`is refused ${what}, if it never opened`, () => {
			const { life: connection, heard } = life();
			if (isGivenUp) connection.endByClient();
			connection.end({ error }, () => heard.push("rest"));
			assert.deepEqual(heard, [["refused", expected]]);
		});
	}
});
