/** What is checked of lastcall; less is better of each. */
export interface Figures {
	/** To Node.js alone, in user space for each request. Only with `--instructions`. */
	readonly instructionsRatio?: number;
	/** Of the heap for each idle connection, to Node.js alone. */
	readonly connectionBytesRatio: number;
	/** Files that the import loads. */
	readonly modules: number;
	readonly packedBytes: number;
	readonly installedBytes: number;
	readonly packages: number;
}

/** The share by which a figure may differ from run to run, or grow with a change that is no reason to look. */
const TOLERANCE: Readonly<Record<keyof Figures, number>> = {
	instructionsRatio: 0.02,
	connectionBytesRatio: 0.05,
	modules: 0,
	packedBytes: 0.05,
	installedBytes: 0.05,
	packages: 0,
};

/** A figure that got worse, beyond noise. */
export interface Worsened {
	readonly figure: keyof Figures;
	readonly kept: number;
	readonly found: number;
}

/** The figures that are worse than the kept ones by more than their tolerance. One that is missing on either side is not compared. */
export function worsened(kept: Figures, found: Figures): Worsened[] {
	return (Object.keys(TOLERANCE) as (keyof Figures)[]).flatMap((figure) => {
		const [before, now] = [kept[figure], found[figure]];
		if (before === undefined || now === undefined || now <= before * (1 + TOLERANCE[figure])) return [];
		return [{ figure, kept: before, found: now }];
	});
}
