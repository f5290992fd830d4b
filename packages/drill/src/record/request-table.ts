import { Column } from "./column.ts";
import { OUTCOMES, type OutcomeDetail, type RequestRecord } from "./outcome.ts";
import { Table } from "./rows.ts";
import { TextNumbers } from "./text-numbers.ts";

type Draft = { -readonly [Key in keyof RequestRecord]: RequestRecord[Key] };

/** The records of a load, as columns: a million records as objects would take five times the memory. */
export class RequestTable extends Table<RequestRecord> {
	readonly #idStart: string;
	readonly #id = new Column(Uint32Array);
	readonly #connection = new Column(Uint32Array);
	readonly #nth = new Column(Uint32Array);
	readonly #dueAtMs = new Column(Float64Array);
	readonly #sentAtMs = new Column(Float64Array);
	readonly #endedAtMs = new Column(Float64Array);
	readonly #outcome = new Column(Uint8Array);
	readonly #status = new Column(Uint16Array);
	readonly #error = new Column(Uint16Array);
	readonly #detail = new Column(Uint8Array);
	readonly #errors = new TextNumbers();
	readonly #details = new TextNumbers();
	#hasDue = false;

	/** @param idStart what each id begins with; a number follows */
	constructor(idStart: string) {
		super();
		this.#idStart = idStart;
	}

	override get length(): number {
		return this.#id.length;
	}

	add({ id, connection, nth, dueAtMs, sentAtMs, endedAtMs, outcome, status, error, detail }: RequestRecord): void {
		this.#id.add(Number(id.slice(this.#idStart.length)));
		this.#connection.add(connection);
		this.#nth.add(nth);
		this.#addDue(dueAtMs);
		this.#sentAtMs.add(sentAtMs);
		this.#endedAtMs.add(endedAtMs);
		this.#outcome.add(OUTCOMES.indexOf(outcome));
		this.#status.add(status ?? 0);
		this.#error.add(this.#errors.numberOf(error));
		this.#detail.add(this.#details.numberOf(detail));
	}

	/** Only a load with a rate needs the column. */
	#addDue(dueAtMs: number | undefined): void {
		if (dueAtMs === undefined && !this.#hasDue) return;
		this.#hasDue = true;
		while (this.#dueAtMs.length < this.length - 1) this.#dueAtMs.add(Number.NaN);
		this.#dueAtMs.add(dueAtMs ?? Number.NaN);
	}

	protected override row(index: number): RequestRecord {
		const record: Draft = {
			id: `${this.#idStart}${this.#id.at(index)}`,
			connection: this.#connection.at(index),
			nth: this.#nth.at(index),
			sentAtMs: this.#sentAtMs.at(index),
			endedAtMs: this.#endedAtMs.at(index),
			outcome: OUTCOMES[this.#outcome.at(index)] as (typeof OUTCOMES)[number],
		};
		const dueAtMs = this.#hasDue ? this.#dueAtMs.at(index) : Number.NaN;
		const status = this.#status.at(index);
		const error = this.#errors.textOf(this.#error.at(index));
		const detail = this.#details.textOf(this.#detail.at(index)) as OutcomeDetail | undefined;
		if (!Number.isNaN(dueAtMs)) record.dueAtMs = dueAtMs;
		if (status !== 0) record.status = status;
		if (error !== undefined) record.error = error;
		if (detail !== undefined) record.detail = detail;
		return record;
	}
}
