import { CONNECTION_ENDS } from "#src/record/connection-end.js";
import { OUTCOMES } from "#src/record/outcome.js";
import { at } from "./at.ts";
import { type Lanes, loadOfLane } from "./lanes.ts";
import { durationText, instantText } from "./number-text.ts";

/** A name and a value. */
export type Fact = readonly [name: string, value: string];

/** Everything that is known about one request. */
export function requestFacts(lanes: Lanes, row: number, reason: string | undefined): Fact[] {
	const lane = at(lanes.lane, row);
	const facts: Fact[] = [
		["Outcome", outcomeOf(lanes, row)],
		["Load", loadOf(lanes, lane)],
		["Connection", String(at(lanes.connection, row))],
		["Request on it", at(lanes.nth, row) === 0 ? "the first" : `no. ${at(lanes.nth, row) + 1}`],
		["Sent", instantText(at(lanes.sentMs, row))],
		["Ended", instantText(at(lanes.endedMs, row))],
		["Duration", durationText(at(lanes.endedMs, row) - at(lanes.sentMs, row))],
		["Status", at(lanes.status, row) === 0 ? "none" : String(at(lanes.status, row))],
	];
	const note = lanes.notes[at(lanes.note, row)];
	if (note) facts.push(["Note", note]);
	if (reason !== undefined) facts.push(["Reason", reason]);
	facts.push(["Connection ended", connectionEnd(lanes, lane)]);
	return facts;
}

/** Describes a request in one sentence. */
export function requestSentence(lanes: Lanes, row: number): string {
	const lane = at(lanes.lane, row);
	const status = at(lanes.status, row) === 0 ? "" : `, status ${at(lanes.status, row)}`;
	const note = lanes.notes[at(lanes.note, row)];
	const sent = instantText(at(lanes.sentMs, row));
	const took = durationText(at(lanes.endedMs, row) - at(lanes.sentMs, row));
	const where = `${loadOf(lanes, lane)}, connection ${at(lanes.connection, row)}, request ${at(lanes.nth, row) + 1}`;
	return `${outcomeOf(lanes, row)}: ${where}, sent ${sent}, took ${took}${status}${note ? `, ${note}` : ""}`;
}

function outcomeOf(lanes: Lanes, row: number): string {
	return OUTCOMES[at(lanes.outcome, row)] ?? "";
}

function loadOf(lanes: Lanes, lane: number): string {
	return lanes.loads[loadOfLane(lanes, lane)] ?? "";
}

function connectionEnd(lanes: Lanes, lane: number): string {
	const closedMs = at(lanes.closedMs, lane);
	if (Number.isNaN(closedMs)) return "never opened";
	const how = CONNECTION_ENDS[at(lanes.how, lane)];
	return `${how === "reset" ? "reset" : `${how?.replace("-", " ")}`} at ${instantText(closedMs)}`;
}
