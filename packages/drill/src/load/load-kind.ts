import type * as v from "valibot";
import type { LossRules } from "../record/loss-rules.ts";
import type { Speaks } from "../wire/check-request.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** A schema for each setting. Its message says what was wanted. */
export type SettingSchemas = Readonly<Record<string, v.GenericSchema<unknown>>>;

/** The values of settings. The kind has its own default for each that is missing. */
export type Settings<Schemas extends SettingSchemas> = {
	readonly [Name in keyof Schemas]?: v.InferOutput<Schemas[Name]>;
};

/** How to start a load, besides its settings. */
export interface StartOptions {
	/** Draws the pauses. */
	readonly seed: number;
	/** True if the load only finds out whether the program answers: a single request is enough. */
	readonly isProbe?: boolean;
}

/** A kind of load, as users name it with `--load`: all that is special about it. */
export interface LoadKind<Name extends string = string, Schemas extends SettingSchemas = SettingSchemas> {
	readonly name: Name;
	/** One line for `--list-loads`. */
	readonly help: string;
	readonly settings: Schemas;
	readonly speaks: Speaks;
	/** The length of the shortest body that it can send, if it sends one in pieces. */
	readonly leastBodyBytes?: number;
	/** True if it is steady as soon as a response has come, so that it can be the probe. */
	readonly steadyOnResponse: boolean;
	/** True if its responses are complete at once and leave their connection idle, as those of a load balancer's pool do. */
	readonly leavesIdle: boolean;
	readonly losses: LossRules;
	/** Starts the load. Throws what the kind's own function throws. */
	start(endpoint: Endpoint, settings: Settings<Schemas>, options: StartOptions): RunningLoad;
}

/** Returns `kind`, with the types of its name and settings. */
export function defineLoad<const Name extends string, Schemas extends SettingSchemas>(
	kind: LoadKind<Name, Schemas>,
): LoadKind<Name, Schemas> {
	return kind;
}
