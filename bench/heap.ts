// `npm run bench:heap`: what an idle connection costs a running service that lastcall serves, in bytes of the heap of V8.
import { parseArgs } from "node:util";
import { makeCertificate } from "./fixtures/certificate.ts";
import { median } from "./median.ts";
import { type HeapKind, measureHeap } from "./running/measure-heap.ts";

const NAMES: Readonly<Record<HeapKind, string>> = {
	http: "HTTP/1.1",
	https: "HTTPS",
	ws: "WebSocket of `ws`",
	http2: "HTTP/2 session",
};

const { values } = parseArgs({
	options: {
		kinds: { type: "string", default: Object.keys(NAMES).join(",") },
		connections: { type: "string", default: "8000" },
		rounds: { type: "string", default: "3" },
	},
});
const env = { ...process.env, ...(await makeCertificate()) };

console.log(
	`Node ${process.version}, bytes of the heap for each of ${values.connections} idle connections that have had a request;`,
);
console.log(`medians of ${values.rounds} runs\n`);
console.log("| connection | bare | lastcall | difference |");
console.log("| --- | ---: | ---: | ---: |");
for (const kind of values.kinds.split(",") as HeapKind[]) {
	const bytes = { bare: [] as number[], lastcall: [] as number[] };
	for (let round = 0; round < Number(values.rounds); round++) {
		for (const variant of ["bare", "lastcall"] as const) {
			bytes[variant].push(await measureHeap(kind, variant, Number(values.connections), env));
		}
	}
	const [bare, ours] = [median(bytes.bare), median(bytes.lastcall)];
	console.log(`| ${NAMES[kind]} | ${bare.toFixed(0)} | ${ours.toFixed(0)} | ${(ours - bare).toFixed(0)} |`);
}
