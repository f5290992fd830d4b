import { count, type RequestRecord, type Tally, tally } from "../record/outcome.ts";
import { RequestTable } from "../record/request-table.ts";

let loadsStarted = 0;

/** The records of a load, counted as they are added, and the ids of its requests. */
export class Records {
	readonly all: RequestTable;
	readonly tally: Tally = tally([]);
	readonly #idStart: string;
	#ids = 0;

	/** @param name the load's, with which each id begins */
	constructor(name: string) {
		this.#idStart = `${name}.${loadsStarted++}-`;
		this.all = new RequestTable(this.#idStart);
	}

	/** Returns an id that no other request of this process has. */
	nextId(): string {
		return `${this.#idStart}${this.#ids++}`;
	}

	add(record: RequestRecord): void {
		this.all.add(record);
		count(this.tally, record);
	}
}
