// `npm run bench:instructions`: what lastcall costs a running service, in instructions of the processor for each request.
// Unlike times, they don't depend on what else the machine does. valgrind counts them, without the kernel's.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { countInstructions } from "./count-instructions.ts";
import { debianVersion } from "./debian.ts";

const { values } = parseArgs({
	options: { warm: { type: "string", default: "15000" }, requests: { type: "string", default: "20000" } },
});
const [warm, requests] = [Number(values.warm), Number(values.requests)];
const program = fileURLToPath(new URL("./fixtures/in-memory-server.js", import.meta.url));
const count = { warm, requests };

if ((await debianVersion("valgrind")) === undefined) {
	console.error("valgrind is not installed: apt-get install valgrind");
	process.exit(1);
}
const [bare = Number.NaN, ours = Number.NaN] = await Promise.all(
	["bare", "lastcall"].map((kind) => countInstructions([program, kind], count)),
);
console.log(`Node ${process.version}, instructions in user space for each of ${requests} requests behind ${warm}`);
console.log(`bare      ${bare}`);
console.log(`lastcall  ${ours}`);
console.log(`ratio     ${(ours / bare).toFixed(3)}`);
