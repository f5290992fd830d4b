import { count, type RequestRecord, type Tally, tally } from "../record/outcome.ts";

/** The records of a load, counted as they come. */
export class Records {
	readonly all: RequestRecord[] = [];
	readonly tally: Tally = tally([]);

	add(record: RequestRecord): void {
		this.all.push(record);
		count(this.tally, record);
	}
}
