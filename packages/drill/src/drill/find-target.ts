import { setTimeout as delay } from "node:timers/promises";
import type { LoadTarget } from "../load/load.ts";
import type { DrillOptions } from "../options/drill-options.ts";
import { TargetError } from "../target/target-error.ts";
import { loadTarget } from "./load-target.ts";
import { ASK_EVERY_MS, probe, probeUntil } from "./probe.ts";
import type { Subject } from "./subject.ts";

/** Where the target answers. */
export interface Found {
	readonly url: URL;
	readonly target: LoadTarget;
}

/** Waits until the target answers, at its URL or at the first of its ports that does. Rejects with a `TargetError`. */
export async function findTarget(subject: Subject, options: DrillOptions, abort: AbortSignal): Promise<Found> {
	const gone = new AbortController();
	void subject.ended.then(() => gone.abort());
	const either = AbortSignal.any([abort, gone.signal]);
	const endsAtMs = performance.now() + options.ready;
	const found =
		options.url === undefined
			? await tryPorts(subject, options, endsAtMs, abort, either)
			: await tryUrl(options.url, options, endsAtMs, either);
	abort.throwIfAborted();
	if (typeof found !== "string") return found;
	const how = gone.signal.aborted
		? "The target ended before it answered"
		: `The target does not answer within ${options.ready} ms`;
	const output = gone.signal.aborted ? await subject.finalOutput() : subject.output;
	throw new TargetError(
		"ERR_DRILL_NOT_ANSWERING",
		`${how}: ${found.replace(/\.$/, "")}.${output && `\nIts last output:\n${output.trimEnd()}`}`,
	);
}

async function tryUrl(url: URL, options: DrillOptions, endsAtMs: number, abort: AbortSignal): Promise<Found | string> {
	const target = loadTarget(url, options);
	return (await probeUntil(target, options.load, endsAtMs, abort)) ?? { url, target };
}

/** Asks every port in turn, plainly and over TLS, until one answers. Returns why the last did not, in either way. */
async function tryPorts(
	subject: Subject,
	options: DrillOptions,
	endsAtMs: number,
	abort: AbortSignal,
	either: AbortSignal,
): Promise<Found | string> {
	let ports = await subject.findPorts(Math.ceil(endsAtMs - performance.now()), abort);
	for (;;) {
		let failure = "it listens nowhere";
		for (const { host, port } of ports) {
			const failures: string[] = [];
			for (const scheme of ["http", "https"]) {
				const url = new URL(`${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}${options.path ?? "/"}`);
				const target = loadTarget(url, options);
				const why = await probe(target, options.load, either);
				if (why === undefined) return { url, target };
				failures.push(`${url.href}: ${why.replace(/\.$/, "")}`);
			}
			failure = failures.join("; ");
		}
		if (performance.now() >= endsAtMs || either.aborted) return failure;
		await delay(ASK_EVERY_MS);
		ports = await subject.ports();
	}
}
