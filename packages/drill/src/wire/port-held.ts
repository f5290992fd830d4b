import { setTimeout as delay } from "node:timers/promises";
import { tryConnect } from "./try-connect.ts";

const tries = 3;
const tryAgainMs = 50;

/**
 * Reports whether somebody still accepts connections there, by connecting and leaving at once. A refusal is `false`.
 * What is neither (no answer within 1 s, a reset) is tried again, three times in all. An address that never answers
 * counts as held: on this machine only a listening socket with a full queue does that.
 */
export async function portHeld(host: string, port: number): Promise<boolean> {
	for (let count = 1; ; count++) {
		const result = await tryConnect({ host, port });
		if (result === "accepted" || result === "refused") return result === "accepted";
		if (count === tries) return result === "unanswered";
		await delay(tryAgainMs);
	}
}
