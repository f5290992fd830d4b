import { setTimeout as delay } from "node:timers/promises";
import type { ProcessFamily } from "./process-family.ts";
import type { ProcessEntry } from "./process-table.ts";
import { sendSignal } from "./send-signal.ts";
import { TargetError } from "./target-error.ts";

const LOOK_AGAIN_MS = 10;

/**
 * Sends SIGKILL to every member repeatedly, until a look confirms that none is left: a member may have started a child just
 * before it was killed. Rejects after `limitMs` with a `TargetError` that names the survivors: processes of another user, or
 * processes that are stuck in the kernel.
 */
export async function killFamily(family: ProcessFamily, limitMs = 10_000): Promise<void> {
	const deadline = performance.now() + limitMs;
	for (let members = await family.look(); members.length > 0; members = await family.look()) {
		if (performance.now() > deadline) throw notKilled(members);
		killAll(members);
		await delay(LOOK_AGAIN_MS);
	}
}

/** Does the same for a drill that is about to exit: it blocks the event loop, and gives up silently. */
export function killFamilySync(family: ProcessFamily, limitMs = 1_000): void {
	const deadline = performance.now() + limitMs;
	const neverNotified = new Int32Array(new SharedArrayBuffer(4));
	for (let members = family.lookSync(); members.length > 0; members = family.lookSync()) {
		if (performance.now() > deadline) return;
		killAll(members);
		Atomics.wait(neverNotified, 0, 0, LOOK_AGAIN_MS);
	}
}

function killAll(members: readonly ProcessEntry[]): void {
	for (const { pid } of members) {
		try {
			sendSignal(pid, "SIGKILL");
		} catch {
			// No permission: the next look finds the process again, and the time limit reports it.
		}
	}
}

function notKilled(members: readonly ProcessEntry[]): TargetError {
	const pids = members.map(({ pid }) => pid).join(", ");
	return new TargetError(
		"ERR_DRILL_NOT_KILLED",
		`Processes of the target are still alive after SIGKILL: ${pids}. End them by hand.`,
	);
}
