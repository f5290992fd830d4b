import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** One replacement in a compiled file of the library. */
type Patch = readonly [file: string, from: string, to: string];

const SESSION = "servers/http2/served-session.js";
const QUIET = "servers/http2/quiet-moment.js";

const executeHeld: Patch = [
	SESSION,
	"const refusesHeld = this.#streams.hasHeld && this.#streams.newestHanded > 0;",
	"const refusesHeld = false;",
];
const holdAtOnce: Patch = [QUIET, "this.#isForced = soughtMs >= this.#patienceMs;", "this.#isForced = true;"];
const alsoBusy: Patch = [QUIET, "(!isBusy && this.#isQuiet(polledAt))", "this.#isQuiet(polledAt)"];
const firstInstant: Patch = [QUIET, "(!isBusy && this.#isQuiet(polledAt))", "!isBusy"];

/** The ways to close a session, the chosen one first. */
export const SEQUENCES: Readonly<Record<string, readonly Patch[]>> = {
	lastcall: [],
	"hold at once, execute after GOAWAY": [executeHeld, holdAtOnce, alsoBusy],
	"quiet moment, else execute after GOAWAY": [executeHeld],
	"first instant without a stream": [firstInstant],
};

/** A copy of the compiled library with some patches. Returns its folder, and what to import. */
export async function patchedBuild(patches: readonly Patch[]): Promise<{ url: string; remove: () => Promise<void> }> {
	const folder = await mkdtemp(join(tmpdir(), "lastcall-build-"));
	await cp(new URL("../../../packages/lastcall/dist/", import.meta.url), folder, { recursive: true });
	await writeFile(join(folder, "package.json"), '{ "type": "module" }');
	for (const [file, from, to] of patches) {
		const source = await readFile(join(folder, file), "utf8");
		if (!source.includes(from)) throw new Error(`${file}: nothing to patch: ${from}`);
		await writeFile(join(folder, file), source.replace(from, to));
	}
	return { url: pathToFileURL(join(folder, "index.js")).href, remove: () => rm(folder, { recursive: true }) };
}
