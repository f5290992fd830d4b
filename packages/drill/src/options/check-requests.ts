import { loadKind } from "../load/catalogue.ts";
import { headerFault } from "../wire/check-request.ts";
import type { DrillOptions } from "./drill-options.ts";
import { quote, UsageError } from "./usage-error.ts";

/** Checks that each load can send the request that was asked for. Throws a `UsageError` for the first that can't. */
export function checkRequests({ load, header, body }: Pick<DrillOptions, "load" | "header" | "body">): void {
	for (const { kind } of load) {
		const { speaks, leastBodyBytes = 0 } = loadKind(kind);
		for (const [name, value] of Object.entries(header)) {
			const fault = headerFault(name, value, speaks);
			if (fault !== undefined)
				throw new UsageError(`--header: ${quote(`${name}: ${value}`)} can't be sent by the load ${kind}: ${fault}`);
		}
		if (body !== undefined && body.length < leastBodyBytes)
			throw new UsageError(`--body: the load ${kind} wants at least ${leastBodyBytes} bytes, got ${body.length}`);
	}
}
