import { setTimeout } from "node:timers/promises";

export default defineEventHandler(async () => {
	await setTimeout(500); // work that takes its time
	return { sold: 42 };
});
