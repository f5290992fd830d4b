import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** One replacement in a compiled file. */
interface Patch {
	readonly file: string;
	readonly from: string;
	readonly to: string;
}

const CONNECTIONS = "servers/http1/http1-connections.js";
const QUEUE = "servers/listening/accept-queue.js";

const onlyNew: Patch = { file: CONNECTIONS, from: "this.#holdsAll = true;", to: "" };
const allAtOnce: Patch = { file: CONNECTIONS, from: "#holdsAll = false;", to: "#holdsAll = true;" };
const anyTurn: Patch = { file: QUEUE, from: "SHORT_TURN_MS = 0.2;", to: "SHORT_TURN_MS = Infinity;" };

/** Sets the backlog of the listening socket when its queue begins to be emptied. */
function shrinkTo(backlog: number): Patch {
	return {
		file: QUEUE,
		from: "        await empty();\n",
		to: `        this.#server._handle.listen(${backlog});\n        await empty();\n`,
	};
}

const shrinkLate: Patch = {
	file: QUEUE,
	from: "isBetweenTwo = !isPatient;",
	to: "isBetweenTwo = !isPatient; if (!isPatient) this.#server._handle.listen(0);",
};
const restore: Patch = {
	file: QUEUE,
	from: "if (this.#server.listening)\n            closeListenerOnly",
	to: "this.#server._handle?.listen(511);\n        if (this.#server.listening)\n            closeListenerOnly",
};

/** The ways in which the accept queue can be emptied, the one that was chosen first. */
export const QUEUE_VARIANTS: Readonly<Record<string, readonly Patch[]>> = {
	"hold all after a slow turn": [],
	"the same, closed in any turn": [anyTurn],
	"hold new connections only": [onlyNew],
	"hold all": [allAtOnce],
	"shrink to 0, hold new connections only, any turn": [shrinkTo(0), onlyNew, anyTurn],
	"shrink to 0": [shrinkTo(0)],
	"shrink to 128": [shrinkTo(128)],
	"shrink to 0 where it isn't quiet": [shrinkLate],
	"shrink to 0, then restore": [shrinkTo(0), restore],
};

/** A copy of the compiled library with some patches. */
export class PatchedBuild {
	/** The URL to import instead of lastcall. */
	readonly url: string;
	readonly #folder: string;

	/** @throws {Error} if a patch no longer applies to the code */
	static async of(patches: readonly Patch[]): Promise<PatchedBuild> {
		const folder = await mkdtemp(join(tmpdir(), "lastcall-build-"));
		const dist = new URL("../../../dist/", import.meta.url);
		await cp(dist, folder, { recursive: true });
		await writeFile(join(folder, "package.json"), '{ "type": "module" }');
		for (const { file, from, to } of patches) {
			const path = join(folder, file);
			const source = await readFile(path, "utf8");
			if (!source.includes(from)) throw new Error(`${file}: nothing to patch: ${from}`);
			await writeFile(
				path,
				source.replace(from, () => to),
			);
		}
		return new PatchedBuild(folder);
	}

	private constructor(folder: string) {
		this.#folder = folder;
		this.url = pathToFileURL(join(folder, "index.js")).href;
	}

	async remove(): Promise<void> {
		await rm(this.#folder, { recursive: true });
	}
}
