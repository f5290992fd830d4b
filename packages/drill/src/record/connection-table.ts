import { Column } from "./column.ts";
import { CONNECTION_ENDS, type ConnectionEnd } from "./connection-end.ts";
import { Table } from "./rows.ts";
import { TextNumbers } from "./text-numbers.ts";

type Draft = { -readonly [Key in keyof ConnectionEnd]: ConnectionEnd[Key] };

/** How the connections of a load ended, as columns: a load may open a million of them. */
export class ConnectionTable extends Table<ConnectionEnd> {
	readonly #connection = new Column(Uint32Array);
	readonly #how = new Column(Uint8Array);
	readonly #error = new Column(Uint16Array);
	readonly #unaskedStatus = new Column(Uint16Array);
	readonly #askedAtMs = new Column(Float64Array);
	readonly #openedAtMs = new Column(Float64Array);
	readonly #atMs = new Column(Float64Array);
	readonly #errors = new TextNumbers();

	override get length(): number {
		return this.#connection.length;
	}

	add({ connection, how, error, unaskedStatus, askedAtMs, openedAtMs, atMs }: ConnectionEnd): void {
		this.#connection.add(connection);
		this.#how.add(CONNECTION_ENDS.indexOf(how));
		this.#error.add(this.#errors.numberOf(error));
		this.#unaskedStatus.add(unaskedStatus ?? 0);
		this.#askedAtMs.add(askedAtMs);
		this.#openedAtMs.add(openedAtMs);
		this.#atMs.add(atMs);
	}

	protected override row(index: number): ConnectionEnd {
		const end: Draft = {
			connection: this.#connection.at(index),
			how: CONNECTION_ENDS[this.#how.at(index)] as ConnectionEnd["how"],
			askedAtMs: this.#askedAtMs.at(index),
			openedAtMs: this.#openedAtMs.at(index),
			atMs: this.#atMs.at(index),
		};
		const error = this.#errors.textOf(this.#error.at(index));
		const unaskedStatus = this.#unaskedStatus.at(index);
		if (error !== undefined) end.error = error;
		if (unaskedStatus !== 0) end.unaskedStatus = unaskedStatus;
		return end;
	}
}
