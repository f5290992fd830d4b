export async function loader() {
	await new Promise((resolve) => setTimeout(resolve, 500)); // work that takes its time
	return Response.json({ sold: 42 });
}
