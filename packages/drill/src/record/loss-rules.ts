import type { LossCode } from "./loss-codes.ts";
import type { RequestRecord } from "./outcome.ts";

/** What a kind of load knows about the requests that it loses. The verdict itself knows no kinds. */
export interface LossRules {
	/** Returns the reason that only this kind has for a lost request; `undefined` if the request is like any other. */
	readonly ownReason: (record: RequestRecord) => LossCode | undefined;
	/**
	 * Whether a request can cross the server's end of its idle connection: `if-quick` if the connection ended about when the
	 * request was sent, `always` for a load that aims at that instant.
	 */
	readonly crossesIdleEnd: "never" | "if-quick" | "always";
	/** True if responses are read slowly. They can arrive from the kernel's buffers after the server has gone. */
	readonly readsSlowly: boolean;
}

/** One HTTP/1.1 request after another, each read at once. */
export const PLAIN_LOSSES: LossRules = { ownReason: () => undefined, crossesIdleEnd: "if-quick", readsSlowly: false };
