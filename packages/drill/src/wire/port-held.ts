import { setTimeout as delay } from "node:timers/promises";
import { tryConnect } from "./try-connect.ts";

const TRIES = 3;
const TRY_AGAIN_MS = 50;

/**
 * Returns true if a process still accepts connections there: it connects and closes at once. False if it is refused. If neither
 * happens within 1 s, or the connection is reset, it tries again, three times in all. An address that never responds counts
 * as held: on this machine only a listening socket with a full queue does that.
 */
export async function portHeld(host: string, port: number): Promise<boolean> {
	for (let count = 1; ; count++) {
		const result = await tryConnect({ host, port });
		if (result === "accepted" || result === "refused") return result === "accepted";
		if (count === TRIES) return result === "unanswered";
		await delay(TRY_AGAIN_MS);
	}
}
