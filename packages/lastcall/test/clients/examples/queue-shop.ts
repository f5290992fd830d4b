import { setTimeout } from "node:timers/promises";
import { poll } from "../../support/until.ts";
import type { Shop } from "../client-example.ts";

/** Longer than any of this takes. No test asserts on it. */
const GUARD_MS = 30_000;

/** The queue that an example takes orders from. */
export interface OrderQueue extends Omit<Shop, "load" | "finish" | "takeOver" | "lost"> {
	/** Resolves when the order has been accepted. */
	add(id: string): Promise<void>;
}

/** Orders come faster than they can be handled, until the program is gone; its successor handles the rest. */
export function queueShop(queue: OrderQueue): Shop {
	const accepted: string[] = [];
	let isOpen = true;
	let ordering: Promise<void> | undefined;

	async function order(): Promise<void> {
		const id = String(accepted.length + 1);
		await queue.add(id);
		accepted.push(id);
	}

	async function keepOrdering(): Promise<void> {
		while (isOpen) {
			await order();
			await setTimeout(10);
		}
	}

	async function unshipped(): Promise<string[]> {
		const shipped = new Set((await queue.books()).shipments);
		return accepted.filter((id) => !shipped.has(id));
	}

	return {
		...queue,
		async load() {
			for (let i = 0; i < 20; i++) await order();
			ordering = keepOrdering();
			const isBusy = async (): Promise<boolean> => (await queue.books()).charges.length >= 5;
			if (!(await poll(isBusy, AbortSignal.timeout(GUARD_MS)))) throw new Error("no customer is charged");
		},
		async finish() {
			isOpen = false;
			await ordering;
		},
		async takeOver(start) {
			const program = start();
			await program.running;
			await poll(async () => (await unshipped()).length === 0, AbortSignal.timeout(GUARD_MS));
			await program.stopIdle();
		},
		lost: unshipped,
		async close() {
			isOpen = false;
			await ordering?.catch(() => {});
			await queue.close();
		},
	};
}
