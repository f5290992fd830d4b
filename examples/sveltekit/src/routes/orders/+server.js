import { json } from "@sveltejs/kit";

export async function POST({ request }) {
	const order = await request.arrayBuffer();
	return json({ bytes: order.byteLength }, { status: 201 });
}
