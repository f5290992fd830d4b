import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const scripts = dirname(dirname(fileURLToPath(import.meta.url)));
const IS_WINDOWS = process.platform === "win32";

/**
 * Returns the path of the `node` of a major version, which is installed if it is missing.
 * @param {number} major
 */
function nodeOf(major) {
	if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
	return execFileSync(process.execPath, [join(scripts, "node-version.js"), String(major)], { encoding: "utf8" }).trim();
}

/** A folder outside of the repository in which the packed library is installed, with the tools of some cells. */
export class Box {
	/**
	 * @param {string} folder
	 * @param {number} major the version of Node.js that runs the tools and their programs
	 */
	constructor(folder, major) {
		this.folder = folder;
		this.node = nodeOf(major);
		mkdirSync(folder, { recursive: true });
	}

	/** The version of its Node.js. */
	get nodeVersion() {
		return execFileSync(this.node, ["--version"], { encoding: "utf8" }).trim().slice(1);
	}

	/** @param {readonly string[]} packages */
	install(packages) {
		this.write("package.json", "{}");
		this.#run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...packages]);
	}

	/**
	 * Returns the version of an installed package.
	 * @param {string} name
	 */
	version(name) {
		return JSON.parse(readFileSync(join(this.folder, "node_modules", name, "package.json"), "utf8")).version;
	}

	/**
	 * @param {string} path
	 * @param {string | object} content an object is written as JSON
	 */
	write(path, content) {
		const file = join(this.folder, path);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, undefined, "\t"));
	}

	/**
	 * Copies a program of `programs` into this folder. One that ends in `.cjs` is written with `require`.
	 * @param {string} name
	 * @param {string} path
	 */
	copy(name, path) {
		const text = readFileSync(join(scripts, "matrix/programs", name), "utf8");
		const withRequire = text.replace(/^import \{ (.*) \} from (".*");$/gm, "const { $1 } = require($2);");
		this.write(path, path.endsWith(".cjs") ? withRequire : text);
	}

	/**
	 * Runs the command of an installed package.
	 * @param {string} command
	 * @param {string[]} args
	 * @param {NodeJS.ProcessEnv} env
	 */
	tool(command, args, env = {}) {
		this.#run(this.path(command), args, env);
	}

	/** @param {string} command of an installed package */
	path(command) {
		return join(this.folder, "node_modules/.bin", command);
	}

	/** @param {string[]} args */
	runNode(args) {
		this.#run(this.node, args);
	}

	/**
	 * @param {string} command
	 * @param {string[]} args
	 * @param {NodeJS.ProcessEnv} env
	 */
	#run(command, args, env = {}) {
		try {
			execFileSync(command, args, {
				cwd: this.folder,
				encoding: "utf8",
				stdio: ["ignore", "pipe", "pipe"],
				env: { ...process.env, PATH: `${dirname(this.node)}${delimiter}${process.env.PATH}`, CI: "true", ...env },
				timeout: 300_000,
				shell: IS_WINDOWS,
			});
		} catch (error) {
			const { message, stdout = "", stderr = "" } = /** @type {Error & { stdout?: string, stderr?: string }} */ (error);
			throw new Error(stderr === "" && stdout === "" ? message : `${stdout}${stderr}`);
		}
	}
}
