import { OUTCOMES } from "#src/record/outcome.js";

/** The colors of the style, for canvases. */
export interface Palette {
	readonly surface: string;
	readonly raised: string;
	readonly text: string;
	readonly muted: string;
	readonly rule: string;
	readonly accent: string;
	readonly font: string;
	/** For lanes with gaps, and for lanes without. */
	readonly connections: readonly [apart: number, packed: number];
	/** By outcome. */
	readonly outcomes: readonly string[];
	/** By outcome, as the numbers of pixels. */
	readonly pixels: readonly number[];
}

/** Reads the current palette, which depends on the color scheme. */
export function readPalette(): Palette {
	// A custom property is only text. The value of its light-dark() is known once a real property uses it.
	const probe = document.createElement("span");
	document.body.append(probe);
	const color = (name: string): string => {
		probe.style.color = `var(--${name})`;
		return getComputedStyle(probe).color;
	};
	const outcomes = OUTCOMES.map((outcome) => color(outcome));
	const palette: Palette = {
		surface: color("surface"),
		raised: color("raised"),
		text: color("text"),
		muted: color("muted"),
		rule: color("rule"),
		accent: color("accent"),
		font: getComputedStyle(probe).fontFamily,
		connections: [pixelOf(color("connection")), pixelOf(color("connection-packed"))],
		outcomes,
		pixels: outcomes.map(pixelOf),
	};
	probe.remove();
	return palette;
}

/** Image data is red, green, blue, alpha. All platforms with a browser are little-endian, so red is the lowest byte. */
function pixelOf(color: string): number {
	const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map(Number);
	return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
