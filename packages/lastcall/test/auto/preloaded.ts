import type { SpawnOptions } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { ask } from "../support/ask.ts";
import { Child, type Ending } from "../support/child.ts";

const lib = new URL("../../../lib/", import.meta.url);
/** The flags that load `lastcall/auto`, wherever the program is. */
export const IMPORT: readonly string[] = ["--import", new URL("auto.js", lib).href];
export const REQUIRE: readonly string[] = ["--require", fileURLToPath(new URL("auto.cjs", lib))];

/** The flags as the text of `NODE_OPTIONS`, which splits at blanks outside of quotes. */
export const inEnvironment = (flags: readonly string[]): string => flags.map((flag) => `"${flag}"`).join(" ");

/** The log's first line of a shutdown. */
export const SHUTTING_DOWN: RegExp = /^lastcall: .* is shutting down: /m;
/** The log's line of a drain with a request in flight. */
export const DRAINING: RegExp = /^lastcall: draining, \d+ in flight: /m;

/** The log's last line where the program has no listener of its own. */
export const ENDED: RegExp =
	/^lastcall: drained after .*, every request finished; no listener of the program, exit code 0$/m;

/** The compiled file of a fixture. */
export function fixture(name: string): string {
	return fileURLToPath(new URL(`./fixtures/${name}.js`, import.meta.url));
}

export interface PreloadedOptions {
	/** The flags of Node.js: `--import lastcall/auto` by default, none for a negative control. */
	readonly flags?: readonly string[];
	readonly args?: readonly string[];
	readonly env?: Readonly<Record<string, string | undefined>>;
	readonly spawn?: SpawnOptions;
	/** The program, instead of Node.js with the fixture. */
	readonly command?: readonly [command: string, ...args: string[]];
}

/** A program that was not written for lastcall. It holds requests to /held until the test releases them. */
export class Preloaded extends Child {
	readonly #releaseFile: string;

	constructor(test: TestContext, name: string, options: PreloadedOptions = {}) {
		const { flags = IMPORT, args = [], env = {}, spawn = {} } = options;
		const folder = mkdtempSync(join(tmpdir(), "lastcall-auto-"));
		const [command, ...words] = options.command ?? [process.execPath, ...flags, fixture(name), ...args];
		const releaseFile = join(folder, "release");
		super(test, command, words, { env: { ...process.env, RELEASE_FILE: releaseFile, ...env }, ...spawn });
		this.#releaseFile = releaseFile;
		test.after(() => rmSync(folder, { recursive: true, force: true }));
	}

	/** Resolves to the port when the program listens. */
	override async port(): Promise<number> {
		const [, port] = await this.printed(/^listens on (\d+)$/m);
		return Number(port);
	}

	async ask(path: string): Promise<string> {
		return ask(await this.port(), path);
	}

	/** Resolves when a request is in flight, with the promise of what its client gets. */
	async inFlight(path = "/held"): Promise<{ readonly response: Promise<string> }> {
		const response = this.ask(path);
		await this.printed(new RegExp(`^handling ${path}$`, "m"));
		return { response };
	}

	/** Resolves when a second program has answered, which replaces the first one. */
	async replaced(): Promise<void> {
		const [, port] = await this.printed(/^listens on \d+\n[\s\S]*^listens on (\d+)$/m);
		const response = await ask(Number(port), "/after");
		if (response !== "200 whole") throw new Error(`the second program: ${response}`);
	}

	/** Lets every response that is held end. */
	release(): void {
		writeFileSync(this.#releaseFile, "");
	}
}

/** What became of a program and of the request that was in flight at the signal. */
export interface Stopped extends Ending {
	readonly response: string;
}

/** Stops a program with a request in flight, whose response ends when the drain has begun. */
export async function stopInFlight(program: Preloaded, signal: NodeJS.Signals = "SIGTERM"): Promise<Stopped> {
	const { response } = await program.inFlight();
	program.kill(signal);
	await program.printed(DRAINING);
	program.release();
	return { response: await response, ...(await program.ended) };
}

/** Stops a program with a request in flight that is not released before its end: a negative control. */
export async function stopUnreleased(program: Preloaded, signal: NodeJS.Signals = "SIGTERM"): Promise<Stopped> {
	const { response } = await program.inFlight();
	program.kill(signal);
	return { response: await response, ...(await program.ended) };
}
