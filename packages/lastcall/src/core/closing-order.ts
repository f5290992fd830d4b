import { closesBefore, type Path, type Span } from "./start-order.ts";

/** What waits to be closed, as the order sees it. */
export interface Ordered {
	/** Rises from one to the next that is acquired. */
	readonly id: number;
	readonly path: Path;
	/** How many close one after the other from this one on, itself included: the longest chain. */
	readonly toCome: number;
}

/** What was started within one group or the service: resources, and groups that something waits in. */
interface Level<Closer> {
	/** In the order in which they began to be started. */
	readonly parts: Part<Closer>[];
	/** For each of them, the latest end of a start-up among it and those before it; unknown after a change. */
	reach: number[] | undefined;
}

interface Part<Closer> {
	readonly span: Span;
	/** A resource, or a group with what waits in it. */
	readonly is: Closer | Level<Closer>;
}

/** What closes now, within one level: the latest begin and the earliest end of its start-up. */
interface Bounds {
	latestFrom: number;
	earliestTo: number;
}

const isLevel = <Closer>(is: Closer | Level<Closer>): is is Level<Closer> => "parts" in (is as object);

/**
 * Which of all that was acquired may be closed next. As a tree of what was started within what, so that a chain of
 * resources costs the same for each, however long it is: only those are looked at that nothing newer waits before.
 */
export class ClosingOrder<Closer extends Ordered> {
	readonly #service: Level<Closer> = { parts: [], reach: undefined };
	readonly #levels = new Map<Span, Level<Closer>>();
	/** All that wait; those with the longest chains last. */
	readonly #byChain: Closer[] = [];

	get size(): number {
		return this.#byChain.length;
	}

	/** Those that wait, the newest first. */
	newestFirst(): Closer[] {
		return this.#byChain.toSorted((a, b) => b.id - a.id);
	}

	/** The longest chain of what waits from one at `path` on. It holds until that begins: none after it can begin before. */
	chainFrom(path: Path): number {
		const next = this.#byChain.findLast((other) => closesBefore(path, other.path));
		return 1 + (next?.toCome ?? 0);
	}

	add(closer: Closer): void {
		const at = this.#byChain.findLastIndex(({ toCome }) => toCome <= closer.toCome);
		this.#byChain.splice(at + 1, 0, closer);
		let level = this.#service;
		for (const span of closer.path.slice(0, -1)) level = this.#levelOf(span, level);
		const own = closer.path.at(-1);
		if (own !== undefined) insert(level, { span: own, is: closer });
	}

	/** A group has been started: its end is known now. */
	groupEnded(path: Path): void {
		const outer = path.at(-2);
		const level = outer === undefined ? this.#service : this.#levels.get(outer);
		if (level !== undefined) level.reach = undefined;
	}

	/** Takes the newest of those that may begin while those at the paths of `closing` close, if there is one. */
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
		level.reach ??= reachOf(level);
		let newest: Closer | undefined;
		// What was started after all that is older had been keeps it waiting.
		let since = latestFrom;
		for (let i = level.parts.length - 1; i >= 0 && Number(level.reach[i]) >= since; i--) {
			const part = level.parts[i];
			if (part === undefined) continue;
			// One that was acquired while others close may still be needed by them.
			if (part.span.to >= since && part.span.from <= earliestTo) {
				const found = isLevel(part.is) ? this.#newest(part.is, part.span, bounds) : part.is;
				if (found !== undefined && found.id > (newest?.id ?? 0)) newest = found;
			}
			since = Math.max(since, part.span.from);
		}
		return newest;
	}

	#levelOf(span: Span, within: Level<Closer>): Level<Closer> {
		const known = this.#levels.get(span);
		if (known !== undefined) return known;
		const level: Level<Closer> = { parts: [], reach: undefined };
		this.#levels.set(span, level);
		insert(within, { span, is: level });
		return level;
	}

	/** Takes a resource out of its group, and a group in which nothing is left out of its own. */
	#remove({ path }: Closer): void {
		for (let depth = path.length - 1; depth >= 0; depth--) {
			const [within, span] = [path[depth - 1], path[depth]];
			const level = within === undefined ? this.#service : this.#levels.get(within);
			const at = level?.parts.findLastIndex((part) => part.span === span) ?? -1;
			if (level === undefined || span === undefined || at < 0) return;
			level.parts.splice(at, 1);
			// Of the last one, what was known of the others still holds.
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

function reachOf<Closer>({ parts }: Level<Closer>): number[] {
	let reach = 0;
	return parts.map(({ span }) => {
		reach = Math.max(reach, span.to);
		return reach;
	});
}
