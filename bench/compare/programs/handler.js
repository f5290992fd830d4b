// What every server of the comparison serves, for servers of `node:http`.
import { setInterval } from "node:timers/promises";

/** How long each path waits before it responds, in milliseconds. */
export const WAITS = { "/fast": 0, "/compute": 2, "/slow": 500 };
export const EVENT_MS = 50;
/** Events of a stream that has an end. */
export const EVENTS = 30;
/** The time limit of libraries that have one: less than the drill's grace period. */
export const LIMIT_MS = 4_000;

/** Keeps the CPU busy for 2 ms, as templates, JSON and cryptography do. */
export function compute() {
	const end = performance.now() + 2;
	while (performance.now() < end);
}

/** The events of a stream: those of a GET go on for ever, those of a POST end. @param {boolean} hasEnd */
export async function* events(hasEnd) {
	let count = 0;
	for await (const _ of setInterval(EVENT_MS)) {
		yield `data: ${++count}\n\n`;
		if (hasEnd && count === EVENTS) break;
	}
	yield "data: [DONE]\n\n";
}

/** @param {import("node:http").ServerResponse} response @param {boolean} hasEnd */
async function stream(response, hasEnd) {
	response.writeHead(200, { "content-type": "text/event-stream" });
	for await (const event of events(hasEnd)) {
		if (response.destroyed || response.writableEnded) return;
		response.write(event);
	}
	response.end();
}

/** @type {import("node:http").RequestListener} */
export function handler(request, response) {
	const { url = "/fast", method } = request;
	const respond = () => {
		if (url === "/compute") compute();
		response.end("ok\n");
	};
	if (url === "/events") {
		request.resume();
		void stream(response, method === "POST");
	} else if (method === "POST") request.resume().once("end", respond);
	else if (url === "/fast") respond();
	else setTimeout(respond, WAITS[/** @type {keyof typeof WAITS} */ (url)]);
}
