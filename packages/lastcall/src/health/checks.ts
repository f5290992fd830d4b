import { checkFunction, checkMilliseconds, checkOptionNames } from "../core/check-options.ts";

/**
 * Checks something that the program needs, such as a database. The check fails if it throws, rejects or returns `false`.
 * @param signal aborts when the check has taken longer than `timeoutMs`
 */
export type CheckFunction = (signal: AbortSignal) => unknown;

/** A check with options. */
export interface CheckOptions {
	/** The check itself. */
	readonly check: CheckFunction;
	/**
	 * How long the check may take, in milliseconds, from 1. After that it has failed. Keep it below the time that the prober waits for
	 * a response (Kubernetes: 1 s).
	 * @default 800
	 */
	readonly timeoutMs?: number | undefined;
	/**
	 * How long a result is used for further probes, in milliseconds, from 0. Probes that come while the check runs share its result.
	 * @default 1_000
	 */
	readonly cacheMs?: number | undefined;
	/**
	 * Whether a failure makes liveness fail too, so that the platform restarts the program. Use it only for what a restart fixes:
	 * otherwise a database that is down restarts every replica.
	 * @default false
	 */
	readonly liveness?: boolean | undefined;
}

/** The result of a check. */
export interface CheckResult {
	/** `failed`: it threw, rejected or returned `false`. `timed-out`: it took longer than `timeoutMs`. */
	readonly status: "ok" | "failed" | "timed-out";
	/** How long it took, in milliseconds. */
	readonly durationMs: number;
}

/** The defaults. They are written here and in the docs above, and a test compares the two. */
export const CHECK_DEFAULTS = { timeoutMs: 800, cacheMs: 1_000 } as const;

/** Called when a check begins to fail, and, with `undefined`, when it succeeds again. */
export type CheckListener = (name: string, failure: { readonly error: unknown } | undefined) => void;

/** A named check. It runs only if there is no result that can still be used. */
export class Check {
	readonly name: string;
	readonly liveness: boolean;
	readonly #check: CheckFunction;
	readonly #timeoutMs: number;
	readonly #cacheMs: number;
	readonly #onChange: CheckListener;
	#latest: { readonly result: Promise<CheckResult>; usableUntil: number } | undefined;
	#hasFailed = false;

	/**
	 * @throws {TypeError} if `given` is not a check
	 * @throws {RangeError} if a time is out of range
	 */
	constructor(name: string, given: CheckFunction | CheckOptions, onChange: CheckListener) {
		const options = typeof given === "function" ? { check: given } : given;
		checkOptionNames(options, ["check", "timeoutMs", "cacheMs", "liveness"]);
		checkFunction(`check "${name}"`, options.check);
		this.name = name;
		this.liveness = options.liveness ?? false;
		this.#check = options.check;
		const { timeoutMs = CHECK_DEFAULTS.timeoutMs, cacheMs = CHECK_DEFAULTS.cacheMs } = options;
		this.#timeoutMs = checkMilliseconds(`check "${name}": timeoutMs`, timeoutMs, 1);
		this.#cacheMs = checkMilliseconds(`check "${name}": cacheMs`, cacheMs, 0);
		this.#onChange = onChange;
	}

	/** Returns the latest result if that can still be used, or else a new one. Never rejects, and ends within `timeoutMs`. */
	result(): Promise<CheckResult> {
		if (this.#latest === undefined || performance.now() >= this.#latest.usableUntil) {
			// While the check runs, all probes share it. How long its result can be used counts from its end.
			const latest = { result: this.#run(), usableUntil: Infinity };
			this.#latest = latest;
			void latest.result.then(() => {
				latest.usableUntil = performance.now() + this.#cacheMs;
			});
		}
		return this.#latest.result;
	}

	async #run(): Promise<CheckResult> {
		const startedAt = performance.now();
		const timeout = new AbortController();
		// Unref'd: a probe must not keep the process alive.
		const timer = setTimeout(() => timeout.abort(), this.#timeoutMs).unref();
		let failure: { error: unknown } | undefined;
		try {
			const tooLate = new Promise((_, reject) => {
				timeout.signal.addEventListener("abort", () => reject(new Error(`not done within ${this.#timeoutMs} ms`)));
			});
			if ((await Promise.race([this.#check(timeout.signal), tooLate])) === false)
				failure = { error: "the check returned false" };
		} catch (error) {
			failure = { error };
		}
		clearTimeout(timer);
		if (failure !== undefined || this.#hasFailed) this.#report(failure);
		const status = failure === undefined ? "ok" : timeout.signal.aborted ? "timed-out" : "failed";
		return { status, durationMs: Math.round(performance.now() - startedAt) };
	}

	#report(failure: { error: unknown } | undefined): void {
		if (failure === undefined || !this.#hasFailed) this.#onChange(this.name, failure);
		this.#hasFailed = failure !== undefined;
	}
}
