// `npm run bench:instructions`: what lastcall costs a running service, in instructions of the processor for each request.
// Unlike times, they don't depend on what else the machine does. valgrind counts them, without the kernel's.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { debianVersion } from "./debian.ts";

const { values } = parseArgs({
	options: { warm: { type: "string", default: "15000" }, requests: { type: "string", default: "20000" } },
});
const [warm, requests] = [Number(values.warm), Number(values.requests)];
const program = fileURLToPath(new URL("./fixtures/in-memory-server.js", import.meta.url));
const VALGRIND = ["--tool=callgrind", "--callgrind-out-file=/dev/null", "--smc-check=all-non-file"];
// Compiler and garbage collector threads would run at other times in each run.
const NODE = ["--single-threaded", "--predictable-gc-schedule", "--hash-seed=1"];

type Kind = "bare" | "lastcall";

/** All instructions of a program for `requests` requests. */
async function instructions(kind: Kind, count: number): Promise<number> {
	const args = [...VALGRIND, process.execPath, ...NODE, program, kind, String(count)];
	const { stderr } = await promisify(execFile)("valgrind", args, { maxBuffer: 1e8 });
	const [, collected] = /Collected : (\d+)/.exec(stderr) ?? [];
	if (collected === undefined) throw new Error(`valgrind counted nothing:\n${stderr}`);
	return Number(collected);
}

/** The instructions of one more request, once everything is compiled. */
async function perRequest(kind: Kind): Promise<number> {
	const [before, after] = [await instructions(kind, warm), await instructions(kind, warm + requests)];
	return Math.round((after - before) / requests);
}

if ((await debianVersion("valgrind")) === undefined) {
	console.error("valgrind is not installed: apt-get install valgrind");
	process.exit(1);
}
const [bare, ours] = await Promise.all([perRequest("bare"), perRequest("lastcall")]);
console.log(`Node ${process.version}, instructions in user space for each of ${requests} requests behind ${warm}`);
console.log(`bare      ${bare}`);
console.log(`lastcall  ${ours}`);
console.log(`ratio     ${(ours / bare).toFixed(3)}`);
