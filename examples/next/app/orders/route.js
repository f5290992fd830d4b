export async function POST(request) {
	const { byteLength } = await request.arrayBuffer();
	return Response.json({ bytes: byteLength }, { status: 201 });
}
