import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkStop } from "./stop.js";

/**
 * @typedef {import("./box.js").Box} Box
 *
 * @typedef {object} Tool one folder with packages, and what is tried in it
 * @property {string} name as in the table
 * @property {string[]} [packages] the first one's version is in the table
 * @property {number} [node] the version of Node.js that runs it, the oldest by default
 * @property {boolean} [isRuntime] true if it runs the program itself, without Node.js
 * @property {string[]} [fast] the cells that `npm run check:package` tries, too
 * @property {Record<string, (box: Box) => Promise<void> | void>} cells
 */

/** @param {number} node @returns {Tool} */
const plain = (node) => ({
	name: "Node.js",
	node,
	...(node === 20 && { fast: ["import", "require", "import and require, one state"] }),
	cells: {
		import: (box) => started(box, "server.mjs"),
		require: (box) => started(box, "server.cjs"),
		"import and require, one state": (box) => {
			box.copy("both.mjs", "both.mjs");
			box.runNode(["both.mjs"]);
		},
		"node:test, modules": (box) => tested(box, "test.mjs"),
		"node:test, CommonJS": (box) => tested(box, "test.cjs"),
		...(node >= 24 && { "TypeScript without its types": (box) => started(box, "server.mts") }),
	},
});

/** @param {string} version @returns {Tool} */
const esbuild = (version) => {
	const bundle = ["--bundle", "--platform=node", "--log-level=warning"];
	return {
		name: "esbuild",
		packages: [`esbuild@${version}`],
		fast: ["module", "CommonJS, minified"],
		cells: {
			module: bundled("mjs", "esbuild", [...bundle, "--format=esm", "server.mjs", "--outfile=out/server.mjs"]),
			CommonJS: bundled("cjs", "esbuild", [...bundle, "--format=cjs", "server.mjs", "--outfile=out/server.cjs"]),
			"CommonJS, minified": bundled("cjs", "esbuild", [
				...[...bundle, "--format=cjs", "--minify", "server.mjs", "--outfile=out/server.cjs"],
			]),
			"module, minified, names kept": bundled("mjs", "esbuild", [
				...[...bundle, "--format=esm", "--minify", "--keep-names", "server.mjs", "--outfile=out/server.mjs"],
			]),
			"CommonJS from require": bundled("cjs", "esbuild", [...bundle, "server.cjs", "--outfile=out/server.cjs"]),
		},
	};
};

/** @param {string} from @param {boolean} isModule */
const webpackConfig = (from, isModule) => `
export default {
	mode: "production",
	target: "node20",
	entry: "./${from}",
	experiments: { outputModule: ${isModule} },
	output: { path: import.meta.dirname + "/out", filename: "server.${isModule ? "mjs" : "cjs"}", module: ${isModule} },
};
`;

/** @type {Tool[]} */
const BUNDLERS = [
	esbuild("0.28"),
	{ ...esbuild("0.19"), fast: [] },
	{
		name: "webpack",
		packages: ["webpack@5", "webpack-cli@6"],
		cells: {
			"module, minified": bundled("mjs", "webpack", [], { "webpack.config.mjs": webpackConfig("server.mjs", true) }),
			"CommonJS, minified": bundled("cjs", "webpack", [], { "webpack.config.mjs": webpackConfig("server.mjs", false) }),
			"from require": bundled("cjs", "webpack", [], { "webpack.config.mjs": webpackConfig("server.cjs", false) }),
		},
	},
	rollup("mjs", "es"),
	rollup("cjs", "cjs"),
	{
		name: "rolldown",
		packages: ["rolldown@1"],
		cells: {
			module: bundled("mjs", "rolldown", ["server.mjs", "-p", "node", "-f", "esm", "-o", "out/server.mjs"]),
			"CommonJS, minified": bundled("cjs", "rolldown", [
				...["server.mjs", "-p", "node", "-f", "cjs", "-m", "-o", "out/server.cjs"],
			]),
		},
	},
	{
		name: "@vercel/ncc",
		packages: ["@vercel/ncc"],
		cells: {
			"from import": bundled("index.mjs", "ncc", ["build", "server.mjs", "-o", "out", "--minify"]),
			"from require": bundled("index.cjs", "ncc", ["build", "server.cjs", "-o", "out"]),
		},
	},
	{
		name: "Bun's bundler",
		packages: ["bun@1.4"],
		cells: {
			module: bundled("mjs", "bun", ["build", "--target=node", "server.mjs", "--outfile=out/server.mjs"]),
			"CommonJS, minified": bundled("cjs", "bun", [
				...["build", "--target=node", "--format=cjs", "--minify", "server.mjs", "--outfile=out/server.cjs"],
			]),
		},
	},
	{
		name: "Vite",
		packages: ["vite@8"],
		cells: {
			"build --ssr": bundled("mjs", "vite", ["build", "--ssr", "server.mjs", "--outDir", "out"], {
				"vite.config.mjs": "export default { ssr: { noExternal: true } };",
			}),
		},
	},
	{
		name: "tsup",
		packages: ["tsup@8", "typescript@5.9"],
		cells: {
			module: bundled("mjs", "tsup", ["server.mts", "--format", "esm", "-d", "out"], {
				"tsup.config.json": { noExternal: ["lastcall"] },
			}),
			CommonJS: bundled("js", "tsup", ["server.ts", "--format", "cjs", "-d", "out"], {
				"tsup.config.json": { noExternal: ["lastcall"] },
			}),
		},
	},
	{
		name: "tsdown",
		packages: ["tsdown@0.23", "typescript@6"],
		node: 24,
		cells: {
			module: bundled("mjs", "tsdown", ["server.mts", "-d", "out", "--deps.always-bundle", "lastcall"]),
		},
	},
];

/** @type {Tool[]} */
const RUNNERS = [
	jest("29", "CommonJS", {}, [], "test.cjs"),
	jest(
		"29",
		"ts-jest",
		{ preset: "ts-jest" },
		["ts-jest@29", "typescript@5.9", "@types/jest@29", "@types/node@20"],
		"test.ts",
	),
	jest("30", "CommonJS", {}, [], "test.cjs"),
	jest("30", "Babel", {}, ["@babel/preset-env@7"], "test.mjs"),
	jest("30", "swc", { transform: { "[.]m?js$": "@swc/jest" } }, ["@swc/jest", "@swc/core"], "test.mjs"),
	jest("30", "modules", { transform: {} }, [], "test.mjs", { NODE_OPTIONS: "--experimental-vm-modules" }),
	...[
		{ version: "3", node: 20 },
		{ version: "4", node: 20 },
		{ version: "5", node: 24 },
	].map(({ version, node }) => ({
		name: "Vitest",
		packages: [`vitest@${version}`],
		node,
		cells: {
			modules: (/** @type {Box} */ box) => {
				box.copy("test.js", "some.test.mjs");
				box.tool("vitest", ["run", "--globals"]);
			},
		},
	})),
];

/** @type {Tool[]} */
const LOADERS = [
	{
		name: "tsx",
		packages: ["tsx@4"],
		cells: {
			module: (box) => started(box, "server.mts", ["--import", "tsx"]),
			CommonJS: (box) => started(box, "server.ts", ["--require", "tsx/cjs"]),
		},
	},
	{
		name: "ts-node",
		packages: ["ts-node@10", "typescript@5.9", "@types/node@20"],
		cells: {
			CommonJS: async (box) => {
				const compilerOptions = { module: "commonjs", moduleResolution: "node10", target: "es2022", strict: true };
				box.write("tsconfig.json", { compilerOptions });
				await started(box, "server.ts", ["--require", "ts-node/register"]);
			},
		},
	},
	{
		name: "@swc-node/register",
		packages: ["@swc-node/register@1", "typescript@5.9", "@swc/core@1"],
		cells: {
			module: (box) => started(box, "server.mts", ["--import", "@swc-node/register/esm-register"]),
			CommonJS: (box) => started(box, "server.ts", ["--require", "@swc-node/register"]),
		},
	},
	{
		name: "@swc/cli",
		packages: ["@swc/cli@0.8", "@swc/core@1"],
		cells: {
			CommonJS: async (box) => {
				box.copy("server.js", "server.ts");
				box.write(".swcrc", {
					module: { type: "commonjs" },
					jsc: { parser: { syntax: "typescript" }, target: "es2021" },
				});
				box.tool("swc", ["server.ts", "-o", "built/server.cjs"]);
				await checkStop(box.node, ["built/server.cjs"], box.folder);
			},
		},
	},
];

/** @type {Tool[]} */
const COMPILERS = [
	...["5.0", "5.9", "6.0", "7.0"].map((version) => ({
		name: "TypeScript",
		packages: [`typescript@${version}`, "@types/node@20"],
		...(version === "5.9" && { fast: ["module: commonjs", "module: node16, CommonJS", "module: node16, modules"] }),
		cells: {
			"module: commonjs": compiled(
				{ module: "commonjs", ...(version < "6" && { moduleResolution: "node10" }) },
				"commonjs",
			),
			"module: node16, CommonJS": compiled({ module: "node16" }, "commonjs"),
			"module: node16, modules": compiled({ module: "node16" }, "module"),
			"module: nodenext": compiled({ module: "nodenext" }, "module"),
			...(version > "5.4" && {
				"module: preserve": compiled({ module: "preserve", moduleResolution: "bundler", noEmit: true }, "module"),
			}),
		},
	})),
];

/** @type {Tool[]} */
const RUNTIMES = [
	{ name: "Bun", packages: ["bun@1.4"], command: "bun", flags: [] },
	{ name: "Deno", packages: ["deno@2.9"], command: "deno", flags: ["run", "--allow-all"] },
].map(({ name, packages, command, flags }) => {
	/** @param {string} file @returns {(box: Box) => Promise<void>} */
	const cell = (file) => async (box) => {
		box.copy("server.js", file);
		await checkStop(box.path(command), [...flags, file], box.folder);
	};
	return { name, packages, isRuntime: true, cells: { import: cell("server.mjs"), require: cell("server.cjs") } };
});

/** Everything that is tried. */
export const TOOLS = [...[20, 22, 24, 26].map(plain), ...RUNTIMES, ...BUNDLERS, ...RUNNERS, ...LOADERS, ...COMPILERS];

/**
 * @param {Box} box
 * @param {string} file
 * @param {string[]} flags
 */
async function started(box, file, flags = []) {
	box.copy("server.js", file);
	await checkStop(box.node, [...flags, file], box.folder);
}

/**
 * @param {Box} box
 * @param {string} file
 */
function tested(box, file) {
	box.copy("test.js", file);
	box.write("globals.cjs", 'globalThis.test = require("node:test");');
	box.runNode(["--require", "./globals.cjs", "--test", file]);
}

/**
 * Bundles the server, and starts the bundle in a folder in which no package is installed.
 * @param {string} output the file's name, or the end of its name
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string | object>} [files]
 * @returns {(box: Box) => Promise<void>}
 */
function bundled(output, command, args, files = {}) {
	return async (box) => {
		for (const name of ["server.mjs", "server.cjs", "server.ts", "server.mts"]) box.copy("server.js", name);
		for (const [name, content] of Object.entries(files)) box.write(name, content);
		box.tool(command, args);
		const elsewhere = `${box.folder}-${args.join("-").replace(/\W+/g, "-")}`;
		cpSync(join(box.folder, "out"), elsewhere, { recursive: true });
		// A package.json above it may say that .js files are modules.
		writeFileSync(join(elsewhere, "package.json"), "{}");
		const file = readdirSync(elsewhere).find((name) => name.endsWith(output));
		if (file === undefined) throw new Error(`no ${output} was made`);
		await checkStop(box.node, [file], elsewhere);
	};
}

/**
 * @param {string} extension
 * @param {string} format
 * @returns {Tool}
 */
function rollup(extension, format) {
	return {
		name: "rollup",
		packages: ["rollup@4", "@rollup/plugin-node-resolve@16", "@rollup/plugin-commonjs@29"],
		cells: {
			[format === "es" ? "module" : "CommonJS"]: bundled(extension, "rollup", [
				...["server.mjs", "-f", format, "-o", `out/server.${extension}`],
				...["-p", "node-resolve={preferBuiltins:true,exportConditions:['node']}", "-p", "commonjs"],
			]),
		},
	};
}

/**
 * @param {string} version
 * @param {string} how
 * @param {object} config
 * @param {string[]} packages
 * @param {string} file
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Tool}
 */
function jest(version, how, config, packages, file, env) {
	return {
		name: "Jest",
		packages: [`jest@${version}`, ...packages],
		cells: {
			[how]: (box) => {
				box.copy("test.js", file);
				box.write(
					"babel.config.cjs",
					`module.exports = { presets: [["@babel/preset-env", { targets: { node: "20" } }]] };`,
				);
				box.write("tsconfig.json", { compilerOptions: { module: "commonjs", target: "es2022", strict: false } });
				const testMatch = [`**/${file}`];
				const moduleFileExtensions = ["js", "mjs", "cjs", "ts", "json"];
				const transform = file.endsWith(".cjs") ? {} : { "[.]mjs$": "babel-jest" };
				const whole = "preset" in config ? config : { transform, ...config };
				box.write("jest.config.json", { testMatch, moduleFileExtensions, testEnvironment: "node", ...whole });
				box.tool("jest", [], env);
			},
		},
	};
}

/**
 * Compiles with the checks of a strict program, of declaration files as well, and starts what was compiled.
 * @param {object} options
 * @param {"module" | "commonjs"} type of the package
 * @returns {(box: Box) => Promise<void>}
 */
function compiled(options, type) {
	return async (box) => {
		box.write("src/package.json", { type });
		box.write("built/package.json", { type });
		box.copy("server.js", "src/server.ts");
		box.copy("types.ts", "src/types.ts");
		box.write("tsconfig.json", {
			compilerOptions: {
				...{ target: "es2022", strict: true, declaration: true, skipLibCheck: false, types: ["node"] },
				...{ rootDir: "src", outDir: "built", ...options },
			},
			include: ["src"],
		});
		box.tool("tsc", ["-p", "."]);
		if (!("noEmit" in options)) await checkStop(box.node, ["built/server.js"], box.folder);
	};
}
