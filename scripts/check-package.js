// `npm run check:package` checks what `npm publish` would ship: only files that users need, no dependencies of the library, types that
// resolve, a library that loads in every way, and no dead links or source maps.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { TOOLS } from "./matrix/cells.js";
import { narrow, tryTools } from "./matrix/try-tools.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), "lastcall-package-"));
try {
	const library = pack({
		source: join(root, "packages/lastcall"),
		wanted: /^(lib\/\w+\.(js|cjs|d\.ts|d\.cts)|docs\/.*\.md|package\.json|README\.md|LICENSE)$/,
		// Its docs are more than a quarter of it, those in the types a seventh.
		largest: 134_000,
	});
	npx(["attw", library]);
	pack({
		source: join(root, "packages/drill"),
		wanted: /^(dist\/.*\.js|dist\/page\/page\.css|schema\/\w+\.schema\.json|package\.json|README\.md|LICENSE)$/,
		// With the script and the style of its HTML page.
		largest: 110_000,
	});
	await load(library);
} finally {
	rmSync(folder, { recursive: true });
}

/**
 * Packs the package, checks what is in it, and returns the path of the tarball.
 * @param {{ source: string, wanted: RegExp, largest: number }} options
 */
function pack({ source, wanted, largest }) {
	const [packed] = JSON.parse(npm(["pack", source, "--json", "--pack-destination", folder]));
	/** @type {string[]} */
	const paths = packed.files.map((/** @type {{ path: string }} */ file) => file.path);
	const tarball = join(folder, packed.filename);
	const unpacked = join(folder, packed.name);
	mkdirSync(unpacked);
	execFileSync("tar", ["-xzf", tarball, "-C", unpacked, "--strip-components=1"]);
	const read = (/** @type {string} */ path) => readFileSync(join(unpacked, path), "utf8");
	const faults = [
		...paths.filter((path) => !wanted.test(path)).map((path) => `it would ship ${path}`),
		...(packed.size > largest ? [`it has grown to ${packed.size} bytes, and ${largest} are allowed`] : []),
		...paths.filter((path) => /\.(c?[jt]s|css)$/.test(path)).flatMap((path) => deadMaps(path, read(path), paths)),
		...paths.filter((path) => path.endsWith(".md")).flatMap((path) => deadLinks(path, read(path), paths)),
	];
	if (faults.length > 0) throw new Error(`${packed.name}:\n  ${faults.join("\n  ")}`);
	console.log(`${packed.name}: ${paths.length} files, ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`);
	npx(["publint", "--strict", tarball]);
	return tarball;
}

/**
 * Source maps that a file names and that are not packed.
 * @param {string} path
 * @param {string} text
 * @param {readonly string[]} paths
 */
function deadMaps(path, text, paths) {
	return [...text.matchAll(/[#@] sourceMappingURL=(?!data:)(\S+)/g)]
		.filter(([, map = ""]) => !paths.includes(resolve(path, map)))
		.map(([, map]) => `${path} names the source map ${map}, which is not packed`);
}

/**
 * Relative links and pictures of a Markdown file that lead to no packed file.
 * @param {string} path
 * @param {string} text
 * @param {readonly string[]} paths
 */
function deadLinks(path, text, paths) {
	const links = /\]\(\s*([^)\s]+)|^\[[^\]]+\]:\s*(\S+)|\b(?:src|href)="([^"]+)"/gm;
	const code = /^```[\s\S]*?^```|`[^`\n]*`/gm;
	return [...text.replace(code, "").matchAll(links)]
		.map(([, inline, reference, html]) => inline ?? reference ?? html ?? "")
		.filter((target) => !/^([a-z]+:|#)/.test(target) && !paths.includes(resolve(path, target)))
		.map((target) => `${path} links to ${target}, which is not packed`);
}

/**
 * @param {string} path of the file that names the target
 * @param {string} target
 */
function resolve(path, target) {
	return normalize(join(dirname(path), target.replace(/#.*/, ""))).replaceAll("\\", "/");
}

/**
 * Installs the library as a user would, and stops a server that loads it in each of the ways that need no large tools. `npm run matrix`
 * tries the others.
 * @param {string} tarball
 */
async function load(tarball) {
	writeFileSync(join(folder, "package.json"), "{}");
	npm(["install", "--no-audit", "--no-fund", "--loglevel=error", tarball]);
	const listed = JSON.parse(npm(["ls", "--all", "--json"])).dependencies.lastcall;
	if (listed.dependencies) throw new Error(`lastcall depends on ${Object.keys(listed.dependencies).join(", ")}`);
	console.log("lastcall: no dependencies");
	const isFast = (/** @type {import("./matrix/cells.js").Tool} */ { fast = [] }, /** @type {string} */ how) =>
		fast.includes(how);
	for await (const { tool, version, how, error } of tryTools(narrow(TOOLS, isFast), tarball)) {
		const words = [tool, version, how].filter((word) => word !== "").join(", ");
		if (error !== undefined) throw new Error(`lastcall: ${words}`, { cause: error });
		console.log(`lastcall: ${words}: ok`);
	}
}

/** @param {string[]} args */
function npm(args) {
	return execFileSync("npm", args, { cwd: folder, encoding: "utf8", shell: process.platform === "win32" });
}

/** @param {string[]} args */
function npx(args) {
	execFileSync("npx", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
}
