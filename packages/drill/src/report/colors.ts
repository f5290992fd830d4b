import picocolors from "picocolors";

/** Functions that color text, or return it unchanged. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Returns colors for a terminal, and none for other streams. NO_COLOR and FORCE_COLOR override that. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
	const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
	const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== "0";
	return picocolors.createColors(isForced || (!NO_COLOR && stream.isTTY === true && TERM !== "dumb"));
}
