/** One load that was asked for: its kind and what it was told. What is left out has the kind's own default. */
export interface LoadSpec {
	readonly kind: string;
	readonly path?: string;
	readonly connections?: number;
	readonly rate?: number;
	readonly depth?: number;
	readonly streams?: number;
	/** How many events each stream has before it ends. */
	readonly events?: number;
	/** The name or the data of the event that each stream ends with. */
	readonly until?: string;
	/** Not for users: whether to learn how whole event streams end, before the load is steady. */
	readonly learns?: boolean;
	readonly bytes?: number;
	/** Milliseconds, at most, between two requests. */
	readonly pause?: number;
	/** Milliseconds between two pieces, reads or messages. */
	readonly every?: number;
	readonly message?: string;
}

/** What is loaded where nothing was asked for: nothing but the one request, again and again. */
export const DEFAULT_LOADS: readonly LoadSpec[] = [
	{ kind: "back-to-back", connections: 16 },
	{ kind: "pausing", connections: 100 },
	{ kind: "new-connections", connections: 16 },
];

/** The spec as a user would write it. */
export function describeSpec({ kind, ...settings }: LoadSpec): string {
	return [kind, ...Object.entries(settings).map(([key, value]) => `${key}=${value}`)].join(",");
}
