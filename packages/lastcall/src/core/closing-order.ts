import { closesBefore, type Path, type Span } from "./start-order.ts";

/** Something that waits to be closed. */
export interface Ordered {
	/** Increases with each one that is acquired. */
	readonly id: number;
	readonly path: Path;
	/** The length of the longest chain of closings that begins with this one. */
	readonly toCome: number;
}

/** What was started within one group, or within the service: resources, and groups that contain waiting resources. */
interface Level<Closer> {
	/** In the order in which they began to start. */
	readonly parts: Part<Closer>[];
	/** For each part, the latest end of start-up of it and the parts before it. `undefined` after a change. */
	reach: number[] | undefined;
}

interface Part<Closer> {
	readonly span: Span;
	/** A resource, or a group with the resources that wait in it. */
	readonly is: Closer | Level<Closer>;
}

/** The start-ups of what is closing now, within one level: the latest begin and the earliest end. */
interface Bounds {
	latestFrom: number;
	earliestTo: number;
}

const isLevel = <Closer>(is: Closer | Level<Closer>): is is Level<Closer> => "parts" in (is as object);

/**
 * Decides which resource may be closed next. It is a tree of what was started within what, and looks only at resources that
 * no newer one waits for. So each resource of a chain costs the same, however long the chain is.
 */
export class ClosingOrder<Closer extends Ordered> {
	readonly #service: Level<Closer> = { parts: [], reach: undefined };
	readonly #levels = new Map<Span, Level<Closer>>();
	/** All that wait, those with the longest chains last. */
	readonly #byChain: Closer[] = [];

	get size(): number {
		return this.#byChain.length;
	}

	/** Returns those that wait, the newest first. */
	newestFirst(): Closer[] {
		return this.#byChain.toSorted((a, b) => b.id - a.id);
	}

	/**
	 * Returns the length of the longest chain from a resource at `path` on. It stays the same until that resource is closed, as no
	 * older one can be closed before it.
	 */
	chainFrom(path: Path): number {
		const next = this.#byChain.findLast((other) => closesBefore(path, other.path));
		return 1 + (next?.toCome ?? 0);
	}

	add(closer: Closer): void {
		const at = this.#byChain.findLastIndex(({ toCome }) => toCome <= closer.toCome);
		this.#byChain.splice(at + 1, 0, closer);
		let level = this.#service;
		for (const span of closer.path.slice(0, -1)) level = this.#findLevel(span, level);
		const own = closer.path.at(-1);
		if (own !== undefined) insert(level, { span: own, is: closer });
	}

	/** Called when a group has started: the end of its start-up is known now. */
	groupEnded(path: Path): void {
		const outer = path.at(-2);
		const level = outer === undefined ? this.#service : this.#levels.get(outer);
		if (level !== undefined) level.reach = undefined;
	}

	/** Takes the newest resource that may be closed beside those at the paths of `closing`, if there is one. */
	takeNext(closing: Iterable<Path>): Closer | undefined {
		const bounds = new Map<Span | undefined, Bounds>();
		for (const path of closing) {
			path.forEach((span, depth) => {
				const within = path[depth - 1];
				const { latestFrom = 0, earliestTo = Infinity } = bounds.get(within) ?? {};
				bounds.set(within, {
					latestFrom: Math.max(latestFrom, span.from),
					earliestTo: Math.min(earliestTo, span.to),
				});
			});
		}
		const next = this.#newest(this.#service, undefined, bounds);
		if (next !== undefined) this.#byChain.splice(this.#byChain.lastIndexOf(next), 1);
		if (next !== undefined) this.#remove(next);
		return next;
	}

	#newest(
		level: Level<Closer>,
		span: Span | undefined,
		bounds: ReadonlyMap<Span | undefined, Bounds>,
	): Closer | undefined {
		const { latestFrom = 0, earliestTo = Infinity } = bounds.get(span) ?? {};
		level.reach ??= computeReach(level);
		let newest: Closer | undefined;
		// A part whose start-up began after all older ones had ended keeps those waiting.
		let since = latestFrom;
		for (let i = level.parts.length - 1; i >= 0 && Number(level.reach[i]) >= since; i--) {
			const part = level.parts[i];
			if (part === undefined) continue;
			// What was acquired while others are closing may still be needed by them.
			if (part.span.to >= since && part.span.from <= earliestTo) {
				const found = isLevel(part.is) ? this.#newest(part.is, part.span, bounds) : part.is;
				if (found !== undefined && found.id > (newest?.id ?? 0)) newest = found;
			}
			since = Math.max(since, part.span.from);
		}
		return newest;
	}

	#findLevel(span: Span, within: Level<Closer>): Level<Closer> {
		const known = this.#levels.get(span);
		if (known !== undefined) return known;
		const level: Level<Closer> = { parts: [], reach: undefined };
		this.#levels.set(span, level);
		insert(within, { span, is: level });
		return level;
	}

	/** Removes a resource from its group, and an empty group from the one that it is in. */
	#remove({ path }: Closer): void {
		for (let depth = path.length - 1; depth >= 0; depth--) {
			const [within, span] = [path[depth - 1], path[depth]];
			const level = within === undefined ? this.#service : this.#levels.get(within);
			const at = level?.parts.findLastIndex((part) => part.span === span) ?? -1;
			if (level === undefined || span === undefined || at < 0) return;
			level.parts.splice(at, 1);
			// Without its last part, the others have the same reach.
			if (at === level.parts.length) level.reach?.pop();
			else level.reach = undefined;
			this.#levels.delete(span);
			if (level.parts.length > 0) return;
		}
	}
}

function insert<Closer>(level: Level<Closer>, part: Part<Closer>): void {
	const at = level.parts.findLastIndex(({ span }) => span.from < part.span.from) + 1;
	level.parts.splice(at, 0, part);
	level.reach = undefined;
}

function computeReach<Closer>({ parts }: Level<Closer>): number[] {
	let reach = 0;
	return parts.map(({ span }) => {
		reach = Math.max(reach, span.to);
		return reach;
	});
}
