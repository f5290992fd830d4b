import { setTimeout as delay } from "node:timers/promises";
import type { Endpoint } from "../load/running-load.ts";
import type { DrillOptions } from "../options/drill-options.ts";
import type { ListeningPort } from "../program/listening-port.ts";
import { TargetError } from "../program/target-error.ts";
import { duration } from "../record/durations.ts";
import type { DrilledProgram } from "./drilled-program.ts";
import { endpointFor } from "./endpoint-for.ts";
import { probe } from "./probe.ts";

/** Where the program answers. */
export interface Found {
	readonly url: URL;
	readonly endpoint: Endpoint;
}

/** The pause between two attempts. */
const ASK_EVERY_MS = 50;
/**
 * How long the first attempt may take. After one that was too short, the next has twice as long, and the last one all that is
 * left of `--ready`. So a lost response is soon asked for again, and a slow one gets its time.
 */
const FIRST_PATIENCE_MS = 2_000;

/** Waits until the program answers, at its URL or at the first of its ports that does. Rejects with a `TargetError`. */
export async function findEndpoint(program: DrilledProgram, options: DrillOptions, abort: AbortSignal): Promise<Found> {
	const gone = new AbortController();
	void program.ended.then(() => gone.abort());
	const found = await askAll(program, options, abort, AbortSignal.any([abort, gone.signal]));
	abort.throwIfAborted();
	if ("url" in found) return found;
	const hasEnded = gone.signal.aborted;
	const output = hasEnded ? await program.finalOutput() : program.output;
	throw new TargetError(
		"ERR_DRILL_NOT_ANSWERING",
		`${describeFailures(found, hasEnded, options.ready)}${output && `\nIts last output:\n${output.trimEnd()}`}`,
	);
}

/** Asks at each URL in turn until the program answers. If it does not, returns why it did not at each, the last time. */
async function askAll(
	program: DrilledProgram,
	options: DrillOptions,
	abort: AbortSignal,
	either: AbortSignal,
): Promise<Found | Map<string, string>> {
	const endsAtMs = performance.now() + options.ready;
	const leftMs = (): number => Math.max(0, Math.ceil(endsAtMs - performance.now()));
	const failures = new Map<string, string>();
	let urls = options.url ? [options.url] : plainAndTlsUrls(await program.findPorts(leftMs(), abort), options);
	for (let nextMs = FIRST_PATIENCE_MS, patienceMs = nextMs; ; patienceMs = nextMs) {
		for (const url of urls) {
			const left = leftMs();
			if (failures.has(url.href) && left === 0) continue;
			const endpoint = endpointFor(url, options);
			const enoughMs = left < 3 * patienceMs ? Math.max(FIRST_PATIENCE_MS, left) : patienceMs;
			const failure = await probe(endpoint, options.load, { patienceMs: enoughMs, abort: either });
			if (failure === undefined) return { url, endpoint };
			failures.set(url.href, failure.why);
			if (failure.isLate) nextMs = 2 * patienceMs;
		}
		if (leftMs() === 0 || either.aborted) return failures;
		await delay(ASK_EVERY_MS);
		if (!options.url) urls = plainAndTlsUrls(await program.ports(), options);
	}
}

/** Returns where to ask: with http and https at each port. */
function plainAndTlsUrls(ports: readonly ListeningPort[], { path = "/" }: Pick<DrillOptions, "path">): URL[] {
	return ports.flatMap(({ host, port }) => {
		const place = `${host.includes(":") ? `[${host}]` : host}:${port}${path}`;
		return [new URL(`http://${place}`), new URL(`https://${place}`)];
	});
}

function describeFailures(failures: ReadonlyMap<string, string>, hasEnded: boolean, readyMs: number): string {
	const how = hasEnded
		? "The target ended before it answered"
		: `The target did not answer within ${duration(readyMs)}`;
	const tried = failures.size === 0 ? ["it opened no port"] : [...failures].map((failure) => failure.join(": "));
	const advice = hasEnded ? [] : ["If it takes longer, set --ready. If it answers elsewhere, set --url."];
	return [`${how}:`, ...tried.map((why) => `  ${why}`), ...advice].join("\n");
}
