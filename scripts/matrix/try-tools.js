import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Box } from "./box.js";

const OLDEST = 20;

/**
 * @typedef {object} Row one cell that was tried
 * @property {string} tool
 * @property {string} version
 * @property {string} node
 * @property {string} how
 * @property {unknown} [error]
 */

/**
 * Tries these tools with the packed library, one after the other, and yields each result.
 * @param {readonly import("./cells.js").Tool[]} tools
 * @param {string} tarball
 * @returns {AsyncIterable<Row>}
 */
export async function* tryTools(tools, tarball) {
	const folder = mkdtempSync(join(tmpdir(), "lastcall-matrix-"));
	try {
		for (const [i, { name, packages = [], node = OLDEST, isRuntime = false, cells }] of tools.entries()) {
			const box = new Box(join(folder, String(i)), node);
			let version = "";
			let broken;
			try {
				box.install([tarball, ...packages]);
				const [first] = packages;
				if (first !== undefined) version = box.version(first.replace(/(.)@.*/, "$1"));
			} catch (error) {
				broken = error;
			}
			for (const [how, cell] of Object.entries(cells)) {
				const row = { tool: name, version, node: isRuntime ? "" : box.nodeVersion, how };
				try {
					if (broken !== undefined) throw broken;
					await cell(box);
					yield row;
				} catch (error) {
					yield { ...row, error };
				}
			}
			// Some of them are large.
			rmSync(box.folder, { recursive: true, force: true });
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/**
 * Returns the tools with those cells for which `isWanted` returns true.
 * @param {readonly import("./cells.js").Tool[]} tools
 * @param {(tool: import("./cells.js").Tool, how: string) => boolean} isWanted
 */
export function narrow(tools, isWanted) {
	return tools.flatMap((tool) => {
		const cells = Object.fromEntries(Object.entries(tool.cells).filter(([how]) => isWanted(tool, how)));
		return Object.keys(cells).length === 0 ? [] : [{ ...tool, cells }];
	});
}
