import { setTimeout } from "node:timers/promises";

export async function GET() {
	await setTimeout(500); // work that takes its time
	return Response.json({ sold: 42 });
}
