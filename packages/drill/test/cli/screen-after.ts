const ESCAPE = "\u001b";
const PARTS = new RegExp(`${ESCAPE}\\[([?\\d;]*)([A-Za-z])|\\r|\\n|[^${ESCAPE}\\r\\n]+|${ESCAPE}`, "g");

/** What a terminal shows after this output: as much of one as a live line needs. Throws for what it doesn't know. */
export function screenAfter(output: string): string {
	const lines: string[] = [""];
	let [row, column] = [0, 0];
	const goTo = (to: number): void => {
		row = Math.max(0, to);
		while (lines.length <= row) lines.push("");
	};
	for (const [part, parameter = "", command] of output.matchAll(PARTS)) {
		const line = lines[row] ?? "";
		if (part === "\r") column = 0;
		else if (part === "\n") goTo(row + 1);
		else if (command === undefined && !part.startsWith(ESCAPE)) {
			const before = line.slice(0, column).padEnd(column);
			column += part.length;
			lines[row] = before + part + line.slice(column);
		} else if (command === "A") goTo(row - Number(parameter || 1));
		else if (command === "B") goTo(row + Number(parameter || 1));
		else if (command === "G") column = Number(parameter || 1) - 1;
		else if (command === "K") lines[row] = parameter === "2" ? "" : line.slice(0, column);
		else if (command === "J" && parameter !== "2") lines.splice(row, lines.length, line.slice(0, column));
		else if (command !== "m" && command !== "h" && command !== "l")
			throw new Error(`what does ${JSON.stringify(part)} do?`);
	}
	return lines
		.map((line) => line.trimEnd())
		.join("\n")
		.trimEnd();
}
