import { setTimeout } from "node:timers/promises";
import { json } from "@sveltejs/kit";

export async function GET() {
	await setTimeout(500); // work that takes its time
	return json({ sold: 42 });
}
