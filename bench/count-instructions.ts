import { execFile } from "node:child_process";
import { promisify } from "node:util";

const VALGRIND = ["--tool=callgrind", "--callgrind-out-file=/dev/null", "--smc-check=all-non-file"];
// Compiler and garbage collector threads would run at other times in each run.
const NODE = ["--single-threaded", "--predictable-gc-schedule", "--hash-seed=1"];

/** How many requests to count, and after how many. */
export interface Count {
	readonly warm: number;
	readonly requests: number;
	readonly node?: string;
	readonly env?: NodeJS.ProcessEnv;
}

/**
 * The instructions of one more request, once everything is compiled. valgrind counts them, without the kernel's. HTTP/1.1 without pipelining
 * only: elsewhere `--predictable-gc-schedule` adds collections that no other run has.
 *
 * @param program with its words; the number of requests is its last one
 */
export async function countInstructions(program: readonly string[], count: Count): Promise<number> {
	const { warm, requests, node = process.execPath, env = process.env } = count;
	const instructions = async (wanted: number): Promise<number> => {
		const args = [...VALGRIND, node, ...NODE, ...program, String(wanted)];
		const { stderr } = await promisify(execFile)("valgrind", args, { maxBuffer: 1e8, env });
		const [, collected] = /Collected : (\d+)/.exec(stderr) ?? [];
		if (collected === undefined) throw new Error(`valgrind counted nothing:\n${stderr}`);
		return Number(collected);
	};
	const [before, after] = [await instructions(warm), await instructions(warm + requests)];
	return Math.round((after - before) / requests);
}
