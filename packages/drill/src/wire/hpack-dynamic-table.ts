import { HpackError } from "./hpack-error.ts";
import type { Field } from "./hpack-static-table.ts";

/** What is allowed without a setting of its own, and what this client allows (RFC 9113 §6.5.2). */
const LARGEST_BYTES = 4_096;
/** What an entry counts besides its text (RFC 7541 §4.1). */
const ENTRY_BYTES = 32;

/** The fields that a server has sent and refers to by their number. */
export class HpackDynamicTable {
	/** The oldest first. */
	readonly #entries: Field[] = [];
	#bytes = 0;
	#mostBytes = LARGEST_BYTES;

	/** Returns an entry: 1 is the newest. */
	at(number: number): Field | undefined {
		return this.#entries[this.#entries.length - number];
	}

	/** Adds an entry. The oldest make room for it; one that is too large only empties the table. */
	add(entry: Field): void {
		const bytes = sizeOf(entry);
		this.#shrinkTo(this.#mostBytes - bytes);
		if (bytes > this.#mostBytes) return;
		this.#entries.push(entry);
		this.#bytes += bytes;
	}

	/** Changes how much it holds. Throws an `HpackError` if that is more than the client allows. */
	resize(mostBytes: number): void {
		if (mostBytes > LARGEST_BYTES) throw new HpackError("The table is larger than the client allows.");
		this.#mostBytes = mostBytes;
		this.#shrinkTo(mostBytes);
	}

	#shrinkTo(bytes: number): void {
		while (this.#bytes > bytes) {
			const oldest = this.#entries.shift();
			if (oldest === undefined) return;
			this.#bytes -= sizeOf(oldest);
		}
	}
}

function sizeOf({ name, value }: Field): number {
	return ENTRY_BYTES + name.length + value.length;
}
