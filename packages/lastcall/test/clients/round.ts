import { setTimeout } from "node:timers/promises";
import { seededRandom } from "lastcall-drill-clients";
import type { ClientExample } from "./client-example.ts";
import { Program } from "./program.ts";
import type { RealServer } from "./server.ts";

/** The result of one SIGTERM under load. */
export interface RoundResult {
	/** Orders between charge and shipment at the signal, as the server had it. */
	readonly inFlight: number;
	/** Charged and not shipped when the program was gone. */
	readonly halfWritten: readonly string[];
	/** Accepted and never shipped, even by the program's successor, or without a response to the customer. */
	readonly lost: readonly string[];
	/** Charged more than once in the end. */
	readonly runTwice: readonly string[];
	/** Still assigned to the program when it was gone; undefined where that can't happen. */
	readonly held: number | undefined;
	/** The program's connections that the server still had when it was gone. */
	readonly connections: number;
	readonly exit: number | NodeJS.Signals | null;
	readonly log: string;
}

/** Options of `playRound`. */
export interface RoundOptions {
	readonly withLastcall: boolean;
	/** Determines the instant of the signal. */
	readonly seed: number;
	/** More environment variables for the program, but not for its successor. */
	readonly env?: Readonly<Record<string, string>>;
}

/** Starts the example, loads it, stops it by SIGTERM at some instant under load, and queries the server. */
export async function playRound(
	example: ClientExample,
	server: RealServer,
	options: RoundOptions,
): Promise<RoundResult> {
	const shop = await example.open(server);
	const program = new Program(example.file, { ...shop.env, ...options.env }, options.withLastcall);
	try {
		await program.running;
		await shop.load(program);
		await setTimeout(seededRandom(options.seed)() * 400);
		let atSignal = await shop.books();
		// A signal between two orders would prove nothing.
		while (without(atSignal.charges, atSignal.shipments).length === 0) atSignal = await shop.books();
		program.kill("SIGTERM");
		const { exit, log } = await program.ended;
		const [connections, held] = [await shop.connections(), await shop.held?.()];
		await shop.finish();
		const { charges, shipments } = await shop.books();

		// With lastcall nothing must have to wait for that time.
		if (!options.withLastcall) await shop.expire?.();
		await shop.takeOver(() => new Program(example.file, shop.env));
		const inTheEnd = await shop.books();
		return {
			inFlight: without(atSignal.charges, atSignal.shipments).length,
			halfWritten: without(charges, shipments),
			lost: await shop.lost(),
			runTwice: repeated(inTheEnd.charges),
			held,
			connections,
			exit,
			log,
		};
	} finally {
		program.kill("SIGKILL");
		await shop.close();
	}
}

function without(ids: readonly string[], others: readonly string[]): string[] {
	const known = new Set(others);
	return ids.filter((id) => !known.has(id));
}

function repeated(ids: readonly string[]): string[] {
	return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))];
}
