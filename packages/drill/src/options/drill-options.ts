import type { LoadSpec } from "../load/load-spec.ts";

/** Everything a drill can be told, by flags or by a config file, with its defaults put in. */
export interface DrillOptions {
	readonly command: readonly string[];
	/** With the path of `path`. */
	readonly url?: URL;
	readonly path?: string;
	readonly pid?: number;
	readonly stopCommand?: string;
	readonly ready: number;
	readonly idleTimeout?: number;
	readonly load: readonly LoadSpec[];
	readonly connections?: number;
	readonly rate?: number;
	readonly method?: string;
	readonly header: Readonly<Record<string, string>>;
	readonly body?: Buffer;
	readonly ca?: string;
	readonly insecure: boolean;
	readonly signal: NodeJS.Signals;
	readonly group: boolean;
	readonly twice: boolean;
	readonly rounds: number;
	readonly grace: number;
	readonly seed: number;
	readonly maxLost: number;
	readonly maxRefused?: number;
	readonly maxErrors: number;
	readonly maxExitMs?: number;
	/** Without it, 0 and an end by the stop's signal. */
	readonly exitCode?: readonly number[];
	readonly html?: string;
	readonly json?: string;
	readonly junit?: string;
	readonly verbose: boolean;
	readonly quiet: boolean;
}
