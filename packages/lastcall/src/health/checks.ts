import { checkMilliseconds, checkOptionNames, quote } from "../core/check-options.ts";

/** Reports whether something that the program needs is there: it is not where this throws, rejects or returns `false`. */
export type CheckFunction = (signal: AbortSignal) => unknown;

/** A check with options. All times in milliseconds. */
export interface CheckOptions {
	/** `signal` aborts when `timeoutMs` is over. */
	readonly check: CheckFunction;
	/**
	 * How long it may take before it has failed. Keep it below what the prober waits for its answer (Kubernetes: 1 s).
	 * @default 800
	 */
	readonly timeoutMs?: number | undefined;
	/**
	 * How long a result is good for: probes that come meanwhile get it, and those that come while it runs share it.
	 * @default 1_000
	 */
	readonly cacheMs?: number | undefined;
	/**
	 * Whether a failure makes liveness fail too, so that the platform kills the program. Only for what a restart cures:
	 * a database that is down takes every replica down with it that way.
	 * @default false
	 */
	readonly liveness?: boolean | undefined;
}

/** How a check went. */
export interface CheckResult {
	readonly status: "ok" | "failed" | "timed-out";
	/** Milliseconds it took. */
	readonly durationMs: number;
}

/** The defaults, once. */
export const CHECK_DEFAULTS = { timeoutMs: 800, cacheMs: 1_000 } as const;

/** Who hears that a check has failed that was ok before, or never made, and that it is ok again (`undefined`). */
export type Heard = (name: string, error: { readonly error: unknown } | undefined) => void;

/** One check by its name, run no oftener than its results get old. */
export class Check {
	readonly name: string;
	readonly liveness: boolean;
	readonly #check: CheckFunction;
	readonly #timeoutMs: number;
	readonly #cacheMs: number;
	readonly #heard: Heard;
	#latest: { readonly result: Promise<CheckResult>; goodUntil: number } | undefined;
	#hasFailed = false;

	/**
	 * @throws {TypeError} for what is no check
	 * @throws {RangeError} for a time that is out of range
	 */
	constructor(name: string, given: CheckFunction | CheckOptions, heard: Heard) {
		const options = typeof given === "function" ? { check: given } : given;
		checkOptionNames(options, ["check", "timeoutMs", "cacheMs", "liveness"]);
		if (typeof options.check !== "function") {
			throw new TypeError(`check "${name}": wanted a function, got ${quote(options.check)}`);
		}
		this.name = name;
		this.liveness = options.liveness ?? false;
		this.#check = options.check;
		const { timeoutMs = CHECK_DEFAULTS.timeoutMs, cacheMs = CHECK_DEFAULTS.cacheMs } = options;
		this.#timeoutMs = checkMilliseconds(`check "${name}": timeoutMs`, timeoutMs, 1);
		this.#cacheMs = checkMilliseconds(`check "${name}": cacheMs`, cacheMs, 0);
		this.#heard = heard;
	}

	/** The result, which may be one that is still good. Never rejects, and ends within the time limit. */
	result(): Promise<CheckResult> {
		if (this.#latest === undefined || performance.now() >= this.#latest.goodUntil) {
			// Good as long as it runs; how long after that is known at its end.
			const latest = { result: this.#run(), goodUntil: Infinity };
			this.#latest = latest;
			void latest.result.then(() => {
				latest.goodUntil = performance.now() + this.#cacheMs;
			});
		}
		return this.#latest.result;
	}

	async #run(): Promise<CheckResult> {
		const startedAt = performance.now();
		const timeout = new AbortController();
		// Unref'd: who asks is not what keeps the program alive.
		const timer = setTimeout(() => timeout.abort(), this.#timeoutMs).unref();
		let failure: { error: unknown } | undefined;
		try {
			const tooLate = new Promise((_, reject) => {
				timeout.signal.addEventListener("abort", () => reject(new Error(`not done within ${this.#timeoutMs} ms`)));
			});
			if ((await Promise.race([this.#check(timeout.signal), tooLate])) === false) failure = { error: "it said false" };
		} catch (error) {
			failure = { error };
		}
		clearTimeout(timer);
		if (failure !== undefined || this.#hasFailed) this.#hear(failure);
		const status = failure === undefined ? "ok" : timeout.signal.aborted ? "timed-out" : "failed";
		return { status, durationMs: Math.round(performance.now() - startedAt) };
	}

	#hear(failure: { error: unknown } | undefined): void {
		if (failure === undefined || !this.#hasFailed) this.#heard(this.name, failure);
		this.#hasFailed = failure !== undefined;
	}
}
