/** What some stops of one program came to. */
export interface Stops {
	readonly lost: number;
	/** Requests on connections that were open: all but those refused. */
	readonly sent: number;
	/** How often each reason of the drill counted. */
	readonly reasons: Readonly<Record<string, number>>;
	/** How it ended, one for each stop: an exit code, a signal's name, or `killed` after the grace period. */
	readonly exits: readonly string[];
	/** From the signal to the end, one for each stop. */
	readonly exitMs: readonly number[];
}

/** One row: a program as it is, and with the flag. */
export interface Result {
	readonly name: string;
	readonly title: string;
	/** How it is started. */
	readonly command: string;
	readonly package: string;
	readonly version?: string;
	/** The options of lastcall-drill. */
	readonly drill: readonly string[];
	/** When it was measured: ISO 8601. */
	readonly at: string;
	readonly node: string;
	readonly cpus: number;
	/** What went wrong, where there is no measurement. */
	readonly missing?: string;
	readonly asIs?: Stops;
	readonly withFlag?: Stops;
	readonly reason?: string;
}

/** Returns true if, with the flag, a request was lost or the program had to be killed. */
export function isUnclean({ withFlag }: Result): boolean {
	return withFlag !== undefined && (withFlag.lost > 0 || withFlag.sent === 0 || withFlag.exits.includes("killed"));
}
