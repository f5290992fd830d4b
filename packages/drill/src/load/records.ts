import { count, type RequestRecord, type Tally, tally } from "../record/outcome.ts";
import { RequestTable } from "../record/request-table.ts";

/** The records of a load, counted as they are added. */
export class Records {
	readonly all: RequestTable;
	readonly tally: Tally = tally([]);

	/** @param idStart what the id of each record begins with */
	constructor(idStart: string) {
		this.all = new RequestTable(idStart);
	}

	add(record: RequestRecord): void {
		this.all.add(record);
		count(this.tally, record);
	}
}
