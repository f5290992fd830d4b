import { readFileSync } from "node:fs";

interface Lockfile {
	readonly packages: Readonly<
		Record<string, { readonly version?: string; readonly link?: boolean; readonly resolved?: string }>
	>;
}

const { packages } = JSON.parse(
	readFileSync(new URL("../../../package-lock.json", import.meta.url), "utf8"),
) as Lockfile;

/** The installed version of an npm package. */
export function npmVersion(name: string): string | undefined {
	const entry = packages[`node_modules/${name}`];
	return entry?.link ? packages[entry.resolved ?? ""]?.version : entry?.version;
}
