// Builds the examples of the frameworks that need a build, and drills each with lastcall and in its own way: `npm run frameworks`, or
// `npm run frameworks sveltekit astro`. Each needs some hundred megabytes of dependencies, and Node.js 22 or later.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { FrameworkFolder, root } from "./framework-folder.js";

const ROUNDS = 5;

/**
 * How each is built, and which command stops in its own way. `own` is the environment of a second build, where that command needs one.
 * @type {Record<string, { build: string[], own: string[], ownBuild?: NodeJS.ProcessEnv }>}
 */
const FRAMEWORKS = {
	sveltekit: { build: ["vite", "build"], own: ["build/index.js"] },
	"react-router": {
		build: ["react-router", "build"],
		own: ["node_modules/@react-router/serve/bin.cjs", "build/server/index.js"],
	},
	astro: { build: ["astro", "build"], own: ["dist/server/entry.mjs"], ownBuild: { ASTRO_MODE: "standalone" } },
	nuxt: { build: ["nuxt", "build"], own: [".output/server/index.mjs"], ownBuild: { NITRO_PRESET: "node-server" } },
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(FRAMEWORKS);
const node = execFileSync(process.execPath, [join(root, "scripts/node-version.js"), "24"], { encoding: "utf8" }).trim();
for (const name of wanted) {
	const framework = FRAMEWORKS[name];
	if (framework === undefined) throw new Error(`wanted one of ${Object.keys(FRAMEWORKS).join(", ")}, got ${name}`);
	if (!(await drill(name, framework))) process.exitCode = 1;
}

/** @param {string} name @param {(typeof FRAMEWORKS)[string]} framework */
async function drill(name, { build, own, ownBuild }) {
	const folder = new FrameworkFolder(name, node);
	folder.prepare();
	folder.npm(["exec", "--", ...build]);
	const rounds = ROUNDS;
	const isRight = await folder.lostBy(`examples/${name} with lastcall`, ["server.js"], (lost) => lost === 0, {
		rounds,
	});
	if (ownBuild !== undefined) folder.npm(["exec", "--", ...build], ownBuild);
	return (await folder.lostBy(`examples/${name} in its own way`, own, (lost) => lost > 0)) && isRight;
}
