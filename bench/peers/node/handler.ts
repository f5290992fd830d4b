import type { RequestListener } from "node:http";

/** The response to `/large`. */
export const LARGE: Buffer = Buffer.alloc(20_000_000, "x");

/** How long `/` and `/slow` take, with every peer. */
export const WORK_MS = 2;
export const SLOW_MS = 500;

/** `/compute` waits as long as `/`, then keeps the CPU busy for 2 ms, as templates, JSON and cryptography do. */
export function compute(): void {
	const end = performance.now() + 2;
	while (performance.now() < end);
}

/** The paths of every peer, for servers of `node:http`. */
export const handler: RequestListener = (request, response) => {
	const answer = (): void => void response.end("ok\n");
	if (request.url === "/large") response.end(LARGE);
	else if (request.url === "/upload") request.resume().once("end", answer);
	else if (request.url === "/compute") {
		setTimeout(() => {
			compute();
			answer();
		}, WORK_MS);
	} else setTimeout(answer, request.url === "/slow" ? SLOW_MS : WORK_MS);
};
