import { OUTCOMES } from "#src/record/outcome.js";

/** The style's colours, as canvases want them. */
export interface Palette {
	readonly surface: string;
	readonly raised: string;
	readonly text: string;
	readonly muted: string;
	readonly rule: string;
	readonly accent: string;
	readonly font: string;
	/** Of lanes that are apart, and of those that are not. */
	readonly connections: readonly [apart: number, packed: number];
	/** By outcome. */
	readonly outcomes: readonly string[];
	/** By outcome, as pixels. */
	readonly pixels: readonly number[];
}

/** Reads the palette that holds now: it changes with the colour scheme. */
export function readPalette(): Palette {
	// A custom property is only text; what light-dark() in it comes to shows in a real one.
	const probe = document.createElement("span");
	document.body.append(probe);
	const colour = (name: string): string => {
		probe.style.color = `var(--${name})`;
		return getComputedStyle(probe).color;
	};
	const outcomes = OUTCOMES.map((outcome) => colour(outcome));
	const palette: Palette = {
		surface: colour("surface"),
		raised: colour("raised"),
		text: colour("text"),
		muted: colour("muted"),
		rule: colour("rule"),
		accent: colour("accent"),
		font: getComputedStyle(probe).fontFamily,
		connections: [pixelOf(colour("connection")), pixelOf(colour("connection-packed"))],
		outcomes,
		pixels: outcomes.map(pixelOf),
	};
	probe.remove();
	return palette;
}

/** Image data is red, green, blue, opacity; every platform with a browser reads that as a number from behind. */
function pixelOf(colour: string): number {
	const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
	return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
