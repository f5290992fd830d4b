// The script and the style of the drill's HTML page, each as one file that the drill embeds in every page it writes.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const drill = join(dirname(dirname(fileURLToPath(import.meta.url))), "packages/drill");

await build({
	entryPoints: [
		{ in: join(drill, "page/main.ts"), out: "page" },
		{ in: join(drill, "page/page.css"), out: "page" },
	],
	outdir: join(drill, "dist/page"),
	bundle: true,
	minify: true,
	format: "iife",
	// The oldest browsers that have light-dark(), which the style uses.
	target: ["chrome123", "firefox120", "safari17.5"],
	logLevel: "warning",
});
