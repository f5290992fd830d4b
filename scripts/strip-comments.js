// Runs before `npm pack` and `npm publish`, in the folder of the drill. Removes comments and source map references from its code, since
// they are for people who change it. `postpack` builds them again.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";

for (const name of readdirSync("dist", { recursive: true }).map(String)) {
	// The page's script is bundled without comments.
	if (!name.endsWith(".js") || name.startsWith("page")) continue;
	const file = join("dist", name);
	const { code } = transformSync(readFileSync(file, "utf8"), {
		format: "esm",
		target: "es2023",
		legalComments: "none",
	});
	writeFileSync(file, code);
}
