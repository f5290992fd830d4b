// What `npm publish` would ship: only what users need, no dependencies, types that resolve, loadable both ways.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Half of the library's are its docs. The drill's includes the script and the style of its HTML page. */
const LARGEST_PACKED = { lastcall: 110_000, "lastcall-drill": 130_000 };
const folder = mkdtempSync(join(tmpdir(), "lastcall-package-"));
try {
	check("lastcall", join(root, "packages/lastcall"), LARGEST_PACKED.lastcall);
	check("lastcall-drill", join(root, "packages/drill"), LARGEST_PACKED["lastcall-drill"]);
	load();
} finally {
	rmSync(folder, { recursive: true });
}

/**
 * @param {string} name
 * @param {string} source
 * @param {number} largest
 */
function check(name, source, largest) {
	const [packed] = JSON.parse(npm(["pack", source, "--json", "--pack-destination", folder]));
	const stray = packed.files
		.map((/** @type {{ path: string }} */ file) => file.path)
		.filter(
			(/** @type {string} */ path) =>
				!/^(dist\/.*\.(js|d\.ts)|dist\/page\/page\.css|schema\/report\.schema\.json|package\.json|README\.md|LICENSE)$/.test(
					path,
				),
		);
	if (stray.length > 0) throw new Error(`${name} would ship ${stray.join(", ")}`);
	if (packed.size > largest) throw new Error(`${name} has grown to ${packed.size} bytes`);
	console.log(`${name}: ${packed.files.length} files, ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`);
	const tarball = join(folder, packed.filename);
	npx(["publint", "--strict", tarball]);
	npx(["attw", "--profile", "esm-only", tarball]);
}

/** Installs the library as a user would, and loads it with `import` and with `require`. */
function load() {
	writeFileSync(join(folder, "package.json"), "{}");
	npm(["install", "--no-audit", "--no-fund", "--loglevel=error", join(folder, "lastcall-0.1.0.tgz")]);
	const listed = JSON.parse(npm(["ls", "--all", "--json"])).dependencies.lastcall;
	if (listed.dependencies) throw new Error(`lastcall depends on ${Object.keys(listed.dependencies).join(", ")}`);
	for (const [flags, code] of [
		[["--input-type=module"], 'import { run } from "lastcall"; process.exit(typeof run === "function" ? 0 : 1)'],
		[
			["--input-type=module"],
			"import { createService } from 'lastcall'; import { createServer } from 'node:http';" +
				"const service = createService({ log: false }); await service.start((s) => s.listen('http', createServer(), 0));" +
				"const { ok } = await service.stop(); process.exit(ok ? 0 : 1)",
		],
		[["--input-type=module"], 'import { startService } from "lastcall/testing"; await startService()'],
		[["--input-type=commonjs"], 'process.exit(typeof require("lastcall").run === "function" ? 0 : 1)'],
	]) {
		execFileSync(process.execPath, [...flags, "-e", String(code)], { cwd: folder, stdio: "inherit" });
	}
	console.log("lastcall: no dependencies, loads with import and with require");
}

/** @param {string[]} args */
function npm(args) {
	return execFileSync("npm", args, { cwd: folder, encoding: "utf8", shell: process.platform === "win32" });
}

/** @param {string[]} args */
function npx(args) {
	execFileSync("npx", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
}
