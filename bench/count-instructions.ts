import { type ExecFileOptions, execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { median } from "./median.ts";

const VALGRIND = ["--tool=callgrind", "--smc-check=all-non-file"];
/** What makes V8 do the same in each run. */
const NODE = [
	// Compiler and garbage collector threads would run at other times in each run.
	"--single-threaded",
	// Between two parts the program collects the young generation. So large a heap needs no other collection.
	"--expose-gc",
	"--no-minor-gc-task",
	"--no-memory-reducer",
	"--initial-heap-size=512",
	"--min-semi-space-size=64",
	"--max-semi-space-size=64",
];

/** How many requests to count, in parts of the same size. */
export interface Count {
	/** The parts before the counted ones, in which V8 compiles. */
	readonly warm: number;
	readonly counted: number;
	/** The requests of each part. */
	readonly requests: number;
	readonly node?: string;
	readonly env?: NodeJS.ProcessEnv;
}

async function valgrind(args: readonly string[], options: ExecFileOptions): Promise<string> {
	const { stderr } = await promisify(execFile)("valgrind", [...VALGRIND, ...args], { maxBuffer: 1e8, ...options });
	return String(stderr);
}

/** The instructions of one process from its start to its end, in user space. */
export async function countProcess(command: readonly string[], options: ExecFileOptions = {}): Promise<number> {
	const printed = await valgrind(["--callgrind-out-file=/dev/null", ...command], options);
	const [, collected] = /Collected : (\d+)/.exec(printed) ?? [];
	if (collected === undefined) throw new Error(`valgrind counted nothing:\n${printed}`);
	return Number(collected);
}

/** The instructions of each part of a process that uses `countParts`. */
async function countEachPart(command: readonly string[], parts: number, options: ExecFileOptions): Promise<number[]> {
	const folder = await mkdtemp(join(tmpdir(), "callgrind-"));
	try {
		const file = join(folder, "part");
		const dumps = [`--callgrind-out-file=${file}`, "--dump-before=getpriority", "--dump-line=no"];
		const printed = await valgrind([...dumps, ...command, String(parts)], options);
		const counts: number[] = [];
		for (let part = 1; part <= parts; part++) {
			const [, total] = /^totals: (\d+)/m.exec(await readFile(`${file}.${part}`, "utf8")) ?? [];
			if (total === undefined) throw new Error(`valgrind counted nothing in part ${part}:\n${printed}`);
			counts.push(Number(total));
		}
		return counts;
	} finally {
		await rm(folder, { recursive: true });
	}
}

/**
 * The instructions of one more request, once everything is compiled: the median of parts of one process, so that a part in which V8 compiles
 * something anew does not matter. valgrind counts them, without the kernel's.
 *
 * @param program with its words; the requests of each part and the number of parts are its last two
 * @param seed of all that V8 does by chance, such as where it puts things in its tables: by that alone, processes differ by some 0.5 %
 */
export async function countInstructions(program: readonly string[], count: Count, seed: number = 1): Promise<number> {
	const { warm, counted, requests, node = process.execPath, env = process.env } = count;
	const seeds = [`--hash-seed=${seed}`, `--random-seed=${seed}`];
	const command = [node, ...NODE, ...seeds, ...program, String(requests)];
	const parts = await countEachPart(command, warm + counted, { env });
	return Math.round(median(parts.slice(warm)) / requests);
}
