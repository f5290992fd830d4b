type Numbers = Float64Array | Uint32Array | Uint16Array | Uint8Array;

const BLOCK_BITS = 12;
const BLOCK_ROWS = 2 ** BLOCK_BITS;

/** Numbers that are added one by one. They are in blocks, as a larger array would have to be copied to grow. */
export class Column {
	readonly #make: new (
		length: number,
	) => Numbers;
	readonly #blocks: Numbers[] = [];
	#length = 0;

	/** @param make the type decides which numbers fit */
	constructor(make: new (length: number) => Numbers) {
		this.#make = make;
	}

	get length(): number {
		return this.#length;
	}

	add(value: number): void {
		const place = this.#length++ % BLOCK_ROWS;
		if (place === 0) this.#blocks.push(new this.#make(BLOCK_ROWS));
		(this.#blocks.at(-1) as Numbers)[place] = value;
	}

	/** `index` must be that of a number which was added. */
	at(index: number): number {
		return (this.#blocks[index >>> BLOCK_BITS] as Numbers)[index % BLOCK_ROWS] as number;
	}
}
