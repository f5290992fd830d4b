// Makes `packages/lastcall/lib`, which is what `npm publish` ships, from what the compiler wrote to `packages/lastcall/dist`: for each
// entry one CommonJS file and one file of types, and `lastcall.cjs` and `lastcall.d.cts` for what both need. Two hundred files took twice
// as long to load. Comments are left out, as they are for people who change the code; the types keep the docs of the public interface.
//
// `import` gets a module that re-exports the CommonJS file, so that a program that loads lastcall in both ways has one copy of its state.
// Node.js searches that file for names to export: a long one takes Node.js 20 longer to search than to run.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

const library = join(dirname(dirname(fileURLToPath(import.meta.url))), "packages/lastcall");
const compiled = join(library, "dist");
const target = join(library, "lib");
const ENTRIES = { index: "index", testing: "testing/index", auto: "auto" };

/**
 * What `node:http` does not load is loaded when it is first used: `node:tls` takes longer to load than all of lastcall, since it comes
 * with `node:crypto`.
 */
const LAZY = ["node:child_process", "node:https", "node:timers/promises", "node:tls", "node:worker_threads"];

const LAZILY = `
function lazily(id) {
	let loaded;
	return new Proxy({}, { get: (_, name) => (loaded ??= process.getBuiltinModule(id))[name] });
}`;

/** With maps, a report of test coverage is about the sources. They are not published. */
const WITH_MAPS = process.env.LASTCALL_SOURCE_MAPS === "1";
const hasMaps = existsSync(join(target, "lastcall.cjs.map"));
const isOld = newest(target) < Math.max(newest(compiled), statSync(fileURLToPath(import.meta.url)).mtimeMs);
if (isOld || hasMaps !== WITH_MAPS) await bundle();

async function bundle() {
	const code = await generate(".js", ".cjs", [
		...(WITH_MAPS ? [{ name: "maps of the compiler", load: readWithMap }] : []),
		{ name: "for every bundler", renderChunk: toPortable },
	]);
	const types = await generate(".d.ts", ".d.cts", [dts()]);
	/** @type {Record<string, string>} */
	const files = {};
	for (const file of [...code, ...types]) {
		files[file.fileName] = file.type === "chunk" ? file.code : String(file.source);
		if (file.type === "asset" || !file.isEntry || !file.fileName.endsWith(".cjs")) continue;
		const { fileName, exports } = file;
		const name = basename(fileName, ".cjs");
		files[`${name}.js`] =
			exports.length === 0 ? `import "./${fileName}";\n` : `export { ${exports.join(", ")} } from "./${fileName}";\n`;
		files[`${name}.d.ts`] = `export * from "./${fileName}";\n`;
	}
	mkdirSync(target, { recursive: true });
	for (const name of readdirSync(target)) if (!(name in files)) rmSync(join(target, name));
	for (const [name, text] of Object.entries(files)) writeFileSync(join(target, name), text);
}

/**
 * @param {string} from the end of the compiled files' names
 * @param {string} to the end of the bundled files' names
 * @param {import("rollup").Plugin[]} plugins
 */
async function generate(from, to, plugins) {
	const input = Object.fromEntries(
		Object.entries(ENTRIES).map(([name, path]) => [name, join(compiled, `${path}${from}`)]),
	);
	const build = await rollup({ input, external: /^node:/, plugins, onwarn: warnUnlessEmpty });
	const { output } = await build.generate({
		dir: target,
		format: to === ".cjs" ? "cjs" : "es",
		entryFileNames: `[name]${to}`,
		chunkFileNames: to === ".cjs" ? "[name].cjs" : `lastcall${to}`,
		manualChunks: (id) => (to === ".cjs" ? chunkOf(id) : undefined),
		interop: "default",
		externalLiveBindings: false,
		sourcemap: WITH_MAPS && to === ".cjs",
		hoistTransitiveImports: false,
		minifyInternalExports: false,
	});
	return output;
}

/**
 * What a program that imports lastcall does not need is in files of its own: `testing`, and what `lastcall/auto` loads.
 * @param {string} file
 */
function chunkOf(file) {
	if (/[\\/]dist[\\/]auto[\\/]/.test(file)) return "program";
	return /[\\/]dist[\\/](index|auto|testing[\\/].*|preload[\\/].*)\.js$/.test(file) ? undefined : "lastcall";
}

/**
 * `lastcall/auto` has no types.
 * @type {import("rollup").WarningHandlerWithDefault}
 */
function warnUnlessEmpty(warning, warn) {
	if (warning.code !== "EMPTY_BUNDLE") warn(warning);
}

/** @param {string} file */
function readWithMap(file) {
	return { code: readFileSync(file, "utf8"), map: readFileSync(`${file}.map`, "utf8") };
}

/**
 * Leaves comments and indentation out, and takes modules of Node.js from `process`: esbuild makes a `require` of its own that throws when
 * it bundles CommonJS code into a module. Names and short lines are kept for stack traces, but no string is broken over two lines: rollup
 * would indent its second half.
 * @param {string} code
 */
function toPortable(code) {
	const portable = code.replace(
		/^((?:var|const) \w+ = )require\((?:"|')(node:[\w/]+)(?:"|')\)/gm,
		(_, variable, id) => `${variable}${LAZY.includes(id) ? "lazily" : "process.getBuiltinModule"}("${id}")`,
	);
	const whole = portable.includes("lazily(") ? `${portable}${LAZILY}` : portable;
	const options = /** @type {const} */ ({ target: "es2023", legalComments: "none" });
	if (WITH_MAPS) return transformSync(whole, { ...options, sourcemap: true });
	const { code: short } = transformSync(whole, { ...options, minifyWhitespace: true, lineLimit: 160 });
	return { code: short.replace(/(?<!\\)\\\n/g, ""), map: null };
}

/** @param {string} folder */
function newest(folder) {
	try {
		return Math.max(
			...readdirSync(folder, { recursive: true }).map((file) => statSync(join(folder, String(file))).mtimeMs),
		);
	} catch {
		return 0;
	}
}
