// Runs before `npm pack` and `npm publish`, in the folder of the library. Copies the repository's README and docs into it. A link to a file
// that is not packed becomes plain text, and pictures are left out. `check-package.js` checks the result.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Figures, for readers of the repository. */
const LEFT_OUT = ["docs/auto-programs.md", "docs/bench.md", "docs/measurements.md"];
const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter(
	(path) => path.endsWith(".md") && !LEFT_OUT.includes(path),
);
/** Pages that are published elsewhere. */
const PUBLISHED = { "packages/drill/README.md": "https://www.npmjs.com/package/lastcall-drill" };

mkdirSync("docs", { recursive: true });
for (const page of pages) writeFileSync(page, packPage(page));

/**
 * Returns the page with only those links that a reader of the package can follow.
 * @param {string} page
 */
function packPage(page) {
	const text = readFileSync(join(root, page), "utf8");
	// A colon before a picture would point to nothing.
	const withoutPictures = text.replace(/(:?)\n\n!\[[^\]]*\]\((?!https?:)[^)]*\)\n/g, (_, colon) => `${colon && "."}\n`);
	return withoutPictures.replace(
		/\[([^\]]*)\]\((?!https?:|#)([^)#]*)(#[^)]*)?\)/g,
		(link, words, target, part = "") => {
			const path = normalize(join(dirname(page), target)).replaceAll("\\", "/");
			if (pages.includes(path)) return link;
			const published = Object.entries(PUBLISHED).find(([file]) => file === path)?.[1];
			return published === undefined ? words : `[${words}](${published}${part})`;
		},
	);
}
