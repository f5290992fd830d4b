import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Child, type Ending } from "../support/child.ts";
import { count } from "../support/text.ts";

const WITHOUT_LASTCALL = new URL("../clients/fixtures/without-lastcall.js", import.meta.url).href;
const HELD = new URL("./fixtures/held.js", import.meta.url).href;

/** How what fetches work is registered: as the example does, or with `adopt`. */
export type Registered = "intake" | "adopted";

/** How a program ended, and the work that it took and finished. */
export interface Work extends Ending {
	readonly begunBefore: number;
	/** What it began when draining had begun. */
	readonly begunAfter: number;
	readonly done: number;
}

/** An example whose drain lasts until the test releases it: see `fixtures/held.ts`. It prints `… begun` and `… done`. */
export class HeldProgram {
	readonly #child: Child;

	constructor(t: TestContext, example: string, registered: Registered, env: Readonly<Record<string, string>>) {
		const file = fileURLToPath(new URL(`../../../../../examples/dist/${example}.js`, import.meta.url));
		this.#child = new Child(t, process.execPath, ["--import", WITHOUT_LASTCALL, file], {
			env: { ...process.env, ...env, INSTEAD_OF_LASTCALL: HELD, INTAKES: registered },
		});
	}

	printed(pattern: RegExp): Promise<unknown> {
		return this.#child.printed(pattern);
	}

	/** Stops it. Resolves when draining has begun. */
	async stop(): Promise<void> {
		this.#child.kill("SIGTERM");
		await this.printed(/^lastcall: draining, /m);
	}

	/** Ends the slow request. Resolves when the program has ended. */
	async release(): Promise<Work> {
		this.#child.kill("SIGUSR2");
		const ending = await this.#child.ended;
		const [before = "", after = ""] = ending.stdout.split(/^lastcall: draining, .*$/m);
		const [begunBefore, begunAfter] = [count(before, / begun$/), count(after, / begun$/)];
		return { ...ending, begunBefore, begunAfter, done: count(ending.stdout, / done$/) };
	}
}
