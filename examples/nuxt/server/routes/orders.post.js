export default defineEventHandler(async (event) => {
	const order = await readRawBody(event, false);
	setResponseStatus(event, 201);
	return { bytes: order.length };
});
