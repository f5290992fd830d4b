import { barX, plot, text } from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** One bar: of a row, in a panel. */
export interface Bar {
	readonly row: string;
	readonly panel: string;
	/** Its length as a share of the longest one's; `null` where there is nothing to show. */
	readonly share: number | null;
	readonly label: string;
	/** Ours: another color and a bold label. */
	readonly isOurs: boolean;
}

export interface BarChart {
	/** Read by screen readers. */
	readonly title: string;
	readonly bars: readonly Bar[];
}

/** What is used of the document, whose types only browsers have. */
interface SvgNode {
	textContent: string | null;
	readonly outerHTML: string;
	setAttribute(name: string, value: string): void;
	prepend(...nodes: SvgNode[]): void;
	remove(): void;
	querySelectorAll(selector: string): Iterable<SvgNode>;
}
interface SvgDocument {
	createElementNS(namespace: string, name: string): SvgNode;
}

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 960;
const ROW = 24;
const FONT = 'font-family: system-ui, "Segoe UI", Roboto, sans-serif; font-size: 12px;';
/** Blue and vermilion of Okabe and Ito, and their light neighbors (sky blue, orange) on a dark page. */
const STYLE = `
svg { --ours: #0072b2; --other: #d55e00; --ink: #1f2328; --page: #ffffff; ${FONT} color: var(--ink); }
@media (prefers-color-scheme: dark) { svg { --ours: #56b4e9; --other: #e69f00; --ink: #e6edf3; --page: #0d1117; } }
svg rect.page { fill: var(--page); }
svg text { fill: var(--ink); white-space: pre; }
svg .ours text { font-weight: 700; }
`;

function draw(chart: BarChart, document: SvgDocument): SvgNode {
	const rows = [...new Set(chart.bars.map(({ row }) => row))];
	const layers = (isOurs: boolean) => {
		const bars = chart.bars.filter((bar) => bar.isOurs === isOurs);
		const where = { y: "row", fx: "panel" } as const;
		const className = isOurs ? "ours" : "other";
		return [
			barX(bars, {
				...where,
				x: (bar: Bar) => bar.share ?? 0,
				fill: `var(--${className})`,
				insetTop: 3,
				insetBottom: 3,
			}),
			text(bars, { ...where, x: (bar: Bar) => bar.share ?? 0, text: "label", textAnchor: "start", dx: 5, className }),
		];
	};
	return plot({
		document: document as never,
		className: "bars",
		width: WIDTH,
		height: 40 + rows.length * ROW,
		marginLeft: 175,
		marginRight: 50,
		marginTop: 32,
		marginBottom: 6,
		x: { axis: null, domain: [0, 1.45] },
		y: { domain: rows, label: null, tickSize: 0 },
		fx: { domain: [...new Set(chart.bars.map(({ panel }) => panel))], label: null, axis: "top", tickSize: 0 },
		marks: [...layers(true), ...layers(false)],
	}) as unknown as SvgNode;
}

/** A chart of horizontal bars as an SVG file, which follows the color scheme of the page's reader. */
export function barChart(chart: BarChart): string {
	const document = parseHTML("<!doctype html><html></html>").document as unknown as SvgDocument;
	const svg = draw(chart, document);
	const [title, style, page] = ["title", "style", "rect"].map((name) => document.createElementNS(SVG, name)) as [
		SvgNode,
		SvgNode,
		SvgNode,
	];
	for (const own of svg.querySelectorAll("style")) own.remove();
	title.textContent = chart.title;
	style.textContent = STYLE;
	for (const [name, value] of Object.entries({ class: "page", width: "100%", height: "100%" }))
		page.setAttribute(name, value);
	svg.prepend(title, style, page);
	svg.setAttribute("xmlns", SVG);
	svg.setAttribute("role", "img");
	return `${svg.outerHTML}\n`;
}
