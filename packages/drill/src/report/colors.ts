import picocolors from "picocolors";

/** Functions that colour text, or leave it as it is. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colours where the stream is a terminal, as NO_COLOR and FORCE_COLOR allow. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
	const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
	const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== "0";
	return picocolors.createColors(isForced || (!NO_COLOR && stream.isTTY === true && TERM !== "dumb"));
}
