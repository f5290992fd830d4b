import * as v from "valibot";
import { OUTCOMES } from "../record/outcome.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const duration = v.pipe(v.number(), v.minValue(0));
const link = v.pipe(v.string(), v.url());
const exitCode = v.nullable(v.pipe(v.number(), v.integer()));

const outcome = v.picklist(OUTCOMES);

const tally = v.strictObject({
	total: count,
	lost: v.pipe(count, v.description("reset + cut + unanswered")),
	behindClose: v.pipe(
		count,
		v.description("Those of turned-away that followed a response with Connection: close on their connection."),
	),
	answered: count,
	refused: count,
	"turned-away": count,
	reset: count,
	cut: count,
	unanswered: count,
});

const reason = v.strictObject({
	code: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/)),
	count: positive,
	rounds: v.pipe(v.array(positive), v.minLength(1)),
	fails: v.pipe(v.boolean(), v.description("True if it makes the drill fail. A loss within --max-lost does not.")),
	what: v.string(),
	advice: v.string(),
	link,
});

const responses = v.pipe(
	v.record(v.pipe(v.string(), v.regex(/^([1-5][0-9]{2}|refused)$/)), positive),
	v.description("The number of responses with each status, and of refused connections."),
);

const load = v.strictObject({
	name: v.string(),
	tally,
	connections: v.pipe(count, v.description("Connections that were opened.")),
	medianResponseMs: v.exactOptional(
		v.pipe(duration, v.description("Median time to a whole response, before the stop.")),
	),
	responses: v.strictObject({ beforeStop: responses, afterStop: responses }),
});

const idleConnection = v.strictObject({
	heldMs: v.pipe(duration, v.description("How long it was idle.")),
	ended: v.pipe(v.boolean(), v.description("True if the server closed it, false if the drill did.")),
});

const stop = v.strictObject({
	by: v.pipe(v.string(), v.description("A signal's name, or the stop command.")),
	group: v.pipe(v.boolean(), v.description("True if the signal was sent to the whole process group.")),
	againMs: v.exactOptional(v.pipe(duration, v.description("With --twice: when SIGINT was sent."))),
	commandEndedMs: v.exactOptional(duration),
	commandCode: v.exactOptional(exitCode),
});

const exit = v.strictObject({
	atMs: v.number(),
	code: exitCode,
	signal: v.nullable(v.string()),
	killed: v.pipe(v.boolean(), v.description("True if it outlived its grace period.")),
	handledSignal: v.exactOptional(
		v.pipe(
			v.boolean(),
			v.description("True if it had handled the signal that ended it, or whose number + 128 is its exit code."),
		),
	),
});

const leftProcess = v.strictObject({ pid: positive, command: v.string() });

const lostRequest = v.strictObject({
	id: v.pipe(v.string(), v.description("Its x-request-id header, where it had one.")),
	load: v.string(),
	connection: count,
	nth: v.pipe(count, v.description("How many requests were sent before it on its connection.")),
	sentMs: v.number(),
	endedMs: v.number(),
	outcome,
	status: v.exactOptional(v.pipe(v.number(), v.integer())),

	error: v.exactOptional(v.string()),
	detail: v.exactOptional(v.string()),
	reason: v.pipe(v.string(), v.description("The code of the verdict's reason that it belongs to.")),
});

const round = v.strictObject({
	round: positive,
	seed: v.pipe(count, v.description("Replays this round, with --seed and --rounds 1.")),
	tally,
	loads: v.array(load),
	stop,
	idleConnection: v.exactOptional(idleConnection),
	firstRefusedMs: v.exactOptional(v.number()),
	lastResponseMs: v.exactOptional(duration),
	exit: v.exactOptional(exit),
	answeredAfterExit: count,
	leftProcesses: v.array(leftProcess),
	portHeld: v.boolean(),
	lost: v.array(lostRequest),
});

const target = v.strictObject({
	url: link,
	command: v.exactOptional(v.pipe(v.array(v.string()), v.minLength(1))),
	pid: v.exactOptional(positive),
	stopCommand: v.exactOptional(v.string()),
	graceMs: v.pipe(duration, v.description("Time after the stop until it would be killed.")),
});

/** The parts of the report that have a name in its JSON schema. */
export const REPORT_PARTS = { tally, reason, responses, load, idleConnection, stop, exit, lostRequest, round };

/** The schema of a `DrillReport`, which `--json` writes. `schema/report.schema.json` is generated from it. */
export const REPORT_SCHEMA = v.pipe(
	v.strictObject({
		version: v.literal(1),
		drill: v.strictObject({ version: v.string(), node: v.string(), platform: v.string() }),
		startedAt: v.pipe(v.string(), v.isoTimestamp()),
		durationMs: duration,
		target,
		loads: v.pipe(v.array(v.string()), v.description("As --load takes them.")),
		tally,
		rounds: v.pipe(v.array(round), v.minLength(1)),
		verdict: v.strictObject({
			passed: v.boolean(),
			reasons: v.pipe(v.array(reason), v.description("The gravest first.")),
		}),
	}),
	v.title("The report of lastcall-drill --json"),
	v.description(
		"Times are milliseconds; those of a round count from its stop. exit is missing where the drill can't see the process. A field may be added without a new version, none is removed or changed.",
	),
);
