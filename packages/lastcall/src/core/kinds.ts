/** One kind of thing that a program can register, and how it is detected. */
export interface Kind {
	/** As an error names it. */
	readonly what: string;
	/** Returns true if `thing` is of this kind. */
	readonly matches: (thing: unknown) => boolean;
}

/** Returns the first kind that `thing` is of. */
export function findKind<K extends Kind>(kinds: readonly K[], thing: unknown): K | undefined {
	return kinds.find(({ matches }) => matches(thing));
}

/** Lists the kinds for an error that says what was wanted. */
export function listKinds(kinds: readonly Kind[]): string {
	return kinds.map(({ what }) => what).join(", ");
}
