import type { TestContext } from "node:test";
import type { RunOptions } from "lastcall";
import { Child } from "../support/child.ts";
import { type Drilled, drillCli } from "../support/drill-cli.ts";
import { programFile, type Subject } from "./subject.ts";

/** Starts and drills the program of a subject. */
export class SubjectRunner {
	readonly #subject: Subject;
	readonly #t: Pick<TestContext, "after">;

	/** @param t ends what was started */
	constructor(subject: Subject, t: Pick<TestContext, "after">) {
		this.#subject = subject;
		this.#t = t;
	}

	/** Returns true if the program's server is one of `node:http`. */
	get isNodeHttp(): boolean {
		return this.#subject.program === "node-http";
	}

	/** Starts the program with lastcall. */
	start(options: RunOptions = {}, env: NodeJS.ProcessEnv = {}): Child {
		const [command = "", ...args] = this.#subject.command;
		return new Child(this.#t, command, [...args, programFile(this.#subject.program)], {
			env: { ...process.env, ...env, OPTIONS: JSON.stringify(options) },
		});
	}

	/** Drills the program, with lastcall or without, under the given loads. */
	drill(program: "program" | "alone", loads: readonly string[], ...options: string[]): Promise<Drilled> {
		const words = [...loads.flatMap((load) => ["--load", load]), ...options];
		return drillCli(this.#t, words, [...this.#subject.command, programFile(this.#subject[program])]);
	}
}
