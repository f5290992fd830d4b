export async function POST({ request }) {
	const order = await request.arrayBuffer();
	return Response.json({ bytes: order.byteLength }, { status: 201 });
}
