import { HpackDynamicTable } from "./hpack-dynamic-table.ts";
import { HpackError } from "./hpack-error.ts";
import { decodeHuffman } from "./hpack-huffman.ts";
import { type Field, STATIC_TABLE } from "./hpack-static-table.ts";

/** Takes the fields of a header block. */
export interface FieldSink {
	/** Returns true for a name whose value matters: the value of another may be given as empty. */
	wants(name: string): boolean;
	field(name: string, value: string): void;
}

const LARGEST_INTEGER = 2 ** 28;

/** Decodes the header blocks of one direction of a connection, one after another (RFC 7541). */
export class HpackDecoder {
	readonly #table = new HpackDynamicTable();
	#bytes: Buffer = Buffer.alloc(0);
	#at = 0;
	#end = 0;

	/** Decodes a whole block. Throws an `HpackError` if that is not possible; the decoder is unusable then. */
	decode(bytes: Buffer, from: number, to: number, sink: FieldSink): void {
		this.#bytes = bytes;
		this.#at = from;
		this.#end = to;
		while (this.#at < to) {
			const first = bytes[this.#at] as number;
			if (first >= 0x80) {
				const { name, value } = this.#entry(this.#integer(0x7f));
				sink.field(name, value);
			} else if (first >= 0x40) {
				const name = this.#name(0x3f);
				const value = this.#text();
				this.#table.add({ name, value });
				sink.field(name, value);
			} else if (first >= 0x20) {
				this.#table.resize(this.#integer(0x1f));
			} else {
				const name = this.#name(0x0f);
				sink.field(name, sink.wants(name) ? this.#text() : this.#skipText());
			}
		}
	}

	#entry(index: number): Field {
		const entry = STATIC_TABLE[index - 1] ?? this.#table.at(index - STATIC_TABLE.length);
		if (entry === undefined) throw new HpackError("No field has this index.");
		return entry;
	}

	#name(mask: number): string {
		const index = this.#integer(mask);
		return index === 0 ? this.#text() : this.#entry(index).name;
	}

	#text(): string {
		const isHuffman = this.#byte() >= 0x80;
		const length = this.#integer(0x7f);
		const from = this.#at;
		this.#skip(length);
		if (isHuffman) return decodeHuffman(this.#bytes, from, this.#at);
		return this.#bytes.toString("latin1", from, this.#at);
	}

	#skipText(): string {
		this.#skip(this.#integer(0x7f));
		return "";
	}

	#skip(length: number): void {
		this.#at += length;
		if (this.#at > this.#end) throw new HpackError("The block ends within a text.");
	}

	/** Reads a number whose first byte has other flags outside of `mask` (RFC 7541 §5.1). */
	#integer(mask: number): number {
		let value = this.#byte() & mask;
		this.#at++;
		if (value < mask) return value;
		for (let scale = 1; ; scale *= 0x80) {
			const byte = this.#byte();
			this.#at++;
			value += (byte & 0x7f) * scale;
			if (value > LARGEST_INTEGER) throw new HpackError("A number is too large.");
			if (byte < 0x80) return value;
		}
	}

	#byte(): number {
		if (this.#at >= this.#end) throw new HpackError("The block ends within a field.");
		return this.#bytes[this.#at] as number;
	}
}
