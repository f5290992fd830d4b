// `npm run words [folder…]`: the words that no text of this project uses, in comments, messages, test names and documents. The rules are
// in CONTRIBUTING.md; this holds those that a pattern can find.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @type {[RegExp, string][]} what is found, and what to write in its place */
const RULES = [
	[
		/\b(whoever|nobody|somebody|everybody|anybody)\b/gi,
		"name the subject: the client, the caller, the program, Node.js",
	],
	[/(?<=^\s*|[/*.:;!?(|"'`]\s+)Who\b(?! (is|are|was)\b[^.]*\?)/gm, "name the subject: the client, the caller"],
	[
		/\b(of which|as far as|at one blow|by its(?!elf| own| deadline)|so (many|few) (are|is|were|of)\b)/gi,
		"a second sentence",
	],
	[
		/\b(doors?|guests?|seats?|seated|newcomers?|at last call)\b/gi,
		"the word of the field: listener, observer, connection, client",
	],
	[/\bgoodbyes?\b/gi, "the message's own name: GOAWAY, close frame, `Connection: close`, closing message"],
	[/\b(is|are|was|were|be|been|being) told\b/gi, "what happens: gets, is notified, receives GOAWAY"],
	[/\breports whether\b/gi, "returns true if, or true if"],
	[
		/\b(an|the|its|whole|last|each|every|no|first|this|that|their|late|early|error|HTTP|one|open|long) answers?\b(?! (it|them|with|in|by|a|the|at|to|for|no|as)\b)/gi,
		"response",
	],
	[/\bbehind (it|them|that|the (last |next )?(answer|response|request|signal|head))\b/gi, "after"],
];
/** Texts that are not of this project, or that list the words. */
const NOT_OURS = /(^|\/)(LICENSE|package-lock\.json|check-words\.js)$/;

const folders = process.argv.slice(2);
const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--", ...folders], {
	cwd: root,
	encoding: "utf8",
})
	.split("\n")
	.filter((file) => /\.(ts|js|mjs|cjs|md|json|yml|yaml|html|css|sh)$|^\.ci\//.test(file) && !NOT_OURS.test(file));
let count = 0;
for (const file of files) {
	const lines = read(file).split("\n");
	for (const [number, line] of lines.entries()) {
		for (const [pattern, better] of RULES) {
			for (const [found] of line.matchAll(pattern)) {
				count++;
				console.error(`${file}:${number + 1}: "${found.trim()}": write ${better}`);
			}
		}
	}
}
console.log(`${files.length} files, ${count} words to replace`);
process.exitCode = count > 0 ? 1 : 0;

/** @param {string} file */
function read(file) {
	try {
		return readFileSync(join(root, file), "utf8");
	} catch {
		// It was deleted and not committed.
		return "";
	}
}
