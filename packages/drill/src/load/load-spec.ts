import { type KnownLoadKind, loadKind } from "./catalogue.ts";
import type { Settings, StartOptions } from "./load-kind.ts";
import type { Endpoint, RunningLoad } from "./running-load.ts";

/** One load that was asked for: its kind and the settings that were given. */
export type LoadSpec = KnownLoadKind extends infer Kind ? (Kind extends KnownLoadKind ? SpecOf<Kind> : never) : never;

/** Settings of other kinds are declared as missing, so that each setting can be read from any spec. */
type SpecOf<Kind extends KnownLoadKind> = { readonly kind: Kind["name"] } & Settings<Kind["settings"]> & {
		readonly [Name in Exclude<SettingName<KnownLoadKind>, keyof Kind["settings"]>]?: undefined;
	};

type SettingName<Kind> = Kind extends KnownLoadKind ? keyof Kind["settings"] : never;

/** The default loads: the one request, repeated. */
export const DEFAULT_LOADS: readonly LoadSpec[] = [
	{ kind: "back-to-back", connections: 16 },
	{ kind: "pausing", connections: 100 },
	{ kind: "new-connections", connections: 16 },
];

/** Starts the load that `spec` asks for. A path of its own replaces the endpoint's. */
export function startLoad(endpoint: Endpoint, spec: LoadSpec, options: StartOptions): RunningLoad {
	const { kind, ...settings } = spec;
	const { path = endpoint.path } = spec;
	return loadKind(kind).start(path === undefined ? endpoint : { ...endpoint, path }, settings, options);
}

/** Returns the spec as a user would write it. */
export function describeSpec({ kind, ...settings }: LoadSpec): string {
	return [kind, ...Object.entries(settings).map(([key, value]) => `${key}=${value}`)].join(",");
}

/** Returns the name of each load in reports: its kind, a path of its own, and a number if the same name came before. */
export function loadNames(specs: readonly LoadSpec[]): string[] {
	const names = specs.map(({ kind, path }) => (path === undefined ? kind : `${kind} ${path}`));
	return names.map((name, i) => {
		const before = names.slice(0, i).filter((other) => other === name).length;
		return before === 0 ? name : `${name} (${before + 1})`;
	});
}
