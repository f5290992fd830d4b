import { setTimeout } from "node:timers/promises";
import type { Stage } from "../scene.ts";
import { until } from "../until.ts";

/** The queue that an example takes orders from. */
export interface OrderQueue extends Omit<Stage, "load" | "finish" | "takeOver" | "lost"> {
	/** Resolves when the order has been accepted. */
	add(id: string): Promise<void>;
}

/** More orders come than can be handled, until the program is gone; its successor handles the rest. */
export function queueStage(queue: OrderQueue): Stage {
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
			if (!(await until(isBusy))) throw new Error("nobody is charged");
		},
		async finish() {
			isOpen = false;
			await ordering;
		},
		async takeOver(start) {
			const program = start();
			await program.running;
			await until(async () => (await unshipped()).length === 0);
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
