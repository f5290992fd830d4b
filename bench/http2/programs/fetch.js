// `node fetch.js MODULE|global PORT AGENTS LANES PAUSE_MS`: `fetch` in several loops, each until the connection is refused.
import { setTimeout } from "node:timers/promises";

const [which = "", port, ...numbers] = process.argv.slice(2);
const [agents = 1, lanes = 1, pauseMs = 0] = numbers.map(Number);
let answered = 0;
let refused = 0;
let open = 0;
let isGone = false;
/** @type {Record<string, number>} */
const failed = {};

/** @param {unknown} thrown */
function fail(thrown) {
	const error = /** @type {{ code?: string, message?: string }} */ (thrown);
	const what = `${error.code ?? ""} ${error.message}`.trim().replace(/\d+\.\d+\.\d+\.\d+:\d+/, "");
	failed[what] = (failed[what] ?? 0) + 1;
}
process.on("uncaughtException", fail);
// If the event loop is empty by then, some requests were never settled.
process.on("exit", () => {
	if (open > 0) failed["never settled"] = open;
	console.log(JSON.stringify({ answered, refused, failed }));
});

/** @param {() => Promise<{ text(): Promise<string> }>} ask */
async function loop(ask) {
	for (;;) {
		open++;
		try {
			const response = await ask();
			if ((await response.text()) === "ok") answered++;
			open--;
		} catch (thrown) {
			open--;
			const { cause = thrown } = /** @type {{ cause?: { code?: string, message?: string } }} */ (thrown);
			const { code, message = "" } = /** @type {{ code?: string, message?: string }} */ (cause);
			if (code === "ECONNREFUSED") {
				// The other lanes have that long.
				if (!isGone) globalThis.setTimeout(() => process.exit(0), 5_000);
				isGone = true;
				return;
			}
			if (message.includes("REFUSED_STREAM")) refused++;
			else fail(cause);
		}
		if (pauseMs > 0) await setTimeout(Math.random() * 2 * pauseMs);
	}
}

const url = `https://127.0.0.1:${port}/`;
const undici = which === "global" ? undefined : (await import(which)).default;
const loops = [];
for (let agent = 0; agent < agents; agent++) {
	const dispatcher = undici && new undici.Agent({ allowH2: true, connect: { rejectUnauthorized: false } });
	const ask = undici ? () => undici.fetch(url, { dispatcher }) : () => fetch(url);
	// Without a dispatcher each lane would share the global one.
	const count = undici ? lanes : agent === 0 ? lanes : 0;
	for (let lane = 0; lane < count; lane++) loops.push(loop(ask));
}
await Promise.all(loops);
process.exit(0);
