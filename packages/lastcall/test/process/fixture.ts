import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { RunOptions } from "lastcall";
import { Child } from "../support/child.ts";

/** The compiled file of a fixture. */
export function fixture(name: string): string {
	return fileURLToPath(new URL(`./fixtures/${name}.js`, import.meta.url));
}

/** Starts a fixture that takes the options of its `run()`, and further arguments. */
export function start(test: TestContext, name: string, options: RunOptions = {}, ...args: string[]): Child {
	return new Child(test, process.execPath, [fixture(name), JSON.stringify(options), ...args]);
}
