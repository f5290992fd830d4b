import { type Linked, LinkedList } from "./linked-list.ts";

/** Where a key has its item: found faster than in a `Map`, and in less memory. */
const ITEM: unique symbol = Symbol("lastcall.item");

interface Keyed {
	[ITEM]?: Linked<unknown> | undefined;
}

/** Items by the objects that they belong to, oldest first. What holds for a list holds for it. */
export class LinkedMap<Key extends object, Item extends Linked<Item>> extends LinkedList<Item> {
	/** Those whose key is one of another map of this process, too. */
	#shared: Map<Key, Item> | undefined;

	get(key: Key): Item | undefined {
		const item = (key as Keyed)[ITEM];
		return item !== undefined && item.list === this ? (item as Item) : this.#shared?.get(key);
	}

	/** Adds an item that is in no list, or puts it in the place of that of the same key. */
	set(key: Key, item: Item): void {
		const known = this.get(key);
		if (known === undefined) this.add(item);
		else this.replace(known, item);
		const held = (key as Keyed)[ITEM]?.list;
		if (held === undefined || held === this) (key as Keyed)[ITEM] = item;
		else {
			this.#shared ??= new Map();
			this.#shared.set(key, item);
		}
	}

	/** Returns true if the key had an item. */
	remove(key: Key): boolean {
		const item = this.get(key);
		this.#shared?.delete(key);
		if (item === undefined) return false;
		if ((key as Keyed)[ITEM] === item) (key as Keyed)[ITEM] = undefined;
		return this.delete(item);
	}
}
