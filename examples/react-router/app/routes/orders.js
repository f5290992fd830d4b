export async function action({ request }) {
	const order = await request.arrayBuffer();
	return Response.json({ bytes: order.byteLength }, { status: 201 });
}
