import { setTimeout } from "node:timers/promises";
import { after } from "next/server";

export async function POST() {
	after(async () => {
		await setTimeout(Number(process.env.MAIL_MS ?? 300)); // a mail server
		console.log("mail sent");
	});
	return Response.json({ signedUp: true }, { status: 201 });
}
