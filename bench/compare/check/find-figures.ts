import { join } from "node:path";
import { countInstructions } from "../../count-instructions.ts";
import { installedSize, packedBytes, peerFolder } from "../folder.ts";
import { peerEnv, runtime } from "../launcher.ts";
import { COUNT } from "../measure-cost.ts";
import { measureHeap } from "../measure-heap.ts";
import { measureImport } from "../measure-import.ts";
import { SUBJECTS, type Subject } from "../subjects.ts";
import type { Figures } from "./worsened.ts";

/** Measures lastcall and Node.js alone. @param withInstructions takes more than a minute, and needs valgrind */
export async function findFigures(withInstructions: boolean): Promise<Figures> {
	const [ours, bare] = SUBJECTS.slice(0, 2) as [Subject, Subject];
	const folders = { ours: await peerFolder(ours), bare: await peerFolder(bare) };
	const { bytes, packages } = await installedSize(folders.ours);
	const { modules } = await measureImport(ours, folders.ours, 0);
	const count = ({ key }: Subject, folder: string): Promise<number> => {
		const [node = ""] = runtime("node");
		return countInstructions([join(folder, "server.js"), key], {
			...COUNT,
			node,
			env: peerEnv("http", { MEASURE: "instructions" }),
		});
	};
	const instructions = withInstructions
		? await Promise.all([count(ours, folders.ours), count(bare, folders.bare)])
		: undefined;
	const ratio = (await measureHeap(ours, folders.ours)) / (await measureHeap(bare, folders.bare));
	return {
		...(instructions && { instructionsRatio: round(instructions[0] / instructions[1]) }),
		connectionBytesRatio: round(ratio),
		modules,
		packedBytes: await packedBytes(),
		installedBytes: bytes,
		packages,
	};
}

function round(ratio: number): number {
	return Math.round(ratio * 1_000) / 1_000;
}
