import { count, type RequestRecord, type Tally, tally } from "../record/outcome.ts";

/** The records of a load, counted as they are added. */
export class Records {
	readonly all: RequestRecord[] = [];
	readonly tally: Tally = tally([]);

	add(record: RequestRecord): void {
		this.all.push(record);
		count(this.tally, record);
	}
}
