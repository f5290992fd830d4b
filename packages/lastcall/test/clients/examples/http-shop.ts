import { once } from "node:events";
import { type RequestOptions, request } from "node:http";
import { isLost, pausing, type RequestRecord, type RunningLoad } from "lastcall-drill-clients";
import type { Books, Shop } from "../client-example.ts";
import type { Program } from "../program.ts";

/** The database behind an example that takes orders over HTTP. */
export interface Database {
	readonly env: Readonly<Record<string, string>>;
	books(): Promise<Books>;
	connections(): Promise<number>;
	close(): Promise<void>;
}

/** Orders over HTTP. A customer without a response sends the order again, to the program's successor. */
export function httpShop(database: Database): Shop {
	let load: RunningLoad | undefined;
	let records: readonly RequestRecord[] = [];
	const unheard = (): string[] =>
		records
			.filter(({ outcome, status }) => isLost(outcome) || (outcome === "answered" && status !== 200))
			.map(({ id }) => id);

	return {
		...database,
		async load(program) {
			load = pausing({ host: "127.0.0.1", port: program.port, method: "POST" }, { connections: 24, maxPauseMs: 20 });
			await load.steady;
		},
		async finish() {
			records = (await load?.finish({ timeoutMs: 2_000 })) ?? [];
		},
		async takeOver(start) {
			if (unheard().length === 0) return;
			const program = start();
			await program.running;
			await Promise.all(unheard().map((id) => order(program, id)));
			await program.stopIdle();
		},
		async lost() {
			const shipped = new Set((await database.books()).shipments);
			const answered = records.filter(({ outcome }) => outcome === "answered").map(({ id }) => id);
			return [...unheard(), ...answered.filter((id) => !shipped.has(id))];
		},
		async close() {
			await load?.finish({ timeoutMs: 1 });
			await database.close();
		},
	};
}

async function order({ port }: Program, id: string): Promise<void> {
	const options: RequestOptions = { host: "127.0.0.1", port, method: "POST", headers: { "x-request-id": id } };
	const [response] = await once(request(options).end(), "response");
	await once(response.resume(), "end");
}
