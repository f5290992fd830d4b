// Before `npm pack` and `npm publish`, in the folder of the drill: its code without comments, which are for those who change it,
// and have the repository. `postpack` builds them again.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";

for (const name of readdirSync("dist", { recursive: true }).map(String)) {
	// The page's script is bundled, without comments already.
	if (!name.endsWith(".js") || name.startsWith("page")) continue;
	const file = join("dist", name);
	const { code } = transformSync(readFileSync(file, "utf8"), {
		format: "esm",
		target: "es2023",
		legalComments: "none",
	});
	writeFileSync(file, code);
}
