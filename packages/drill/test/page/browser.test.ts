import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { durationText } from "#page/number-text.js";
import type { LostRequest } from "#src/record/drill-report.js";
import { OUTCOMES, type Tally } from "#src/record/outcome.js";
import type { PageData } from "#src/report/page-data.js";
import { Browser, skipBrowser } from "./browser.ts";
import { samplePageData } from "./sample-page-data.ts";

describe("the page in a browser", { skip: skipBrowser }, () => {
	let browser: Browser;
	before(async () => {
		browser = await Browser.start();
	});
	after(() => browser?.close());

	test("opens from a file, logs nothing and loads nothing", async () => {
		const { page, said, requested } = await browser.open(samplePageData());
		await page.keyboard.press("n");
		assert.deepEqual(said, []);
		assert.deepEqual(requested, [page.url()]);
		assert.match(page.url(), /^file:/);
		await page.close();
	});

	test("shows the numbers of the report, for each round", async () => {
		const data = samplePageData({ rounds: 2, beforeMs: 100 });
		const { page } = await browser.open(data);
		const { tally, rounds } = data.report;
		assert.match(
			(await page.locator("h1").textContent()) ?? "",
			new RegExp(`Failed\\s+${tally.lost} of ${comma(tally.total - tally.refused)} requests lost`),
		);
		for (const [index, round] of rounds.entries()) {
			await page.locator("select").selectOption(String(index));
			assert.deepEqual(await rowsOf(page, "table.tally tbody tr, table.tally tfoot tr"), [
				...round.loads.map(({ name, tally, connections, medianResponseMs = 0 }) => [
					...[name, ...numbers(tally), comma(connections)],
					durationText(medianResponseMs),
				]),
				[`Round ${round.round}`, ...numbers(round.tally), "232", ""],
				["All 2 rounds", ...numbers(tally), "", ""],
			]);
			const legend = await page.locator(".legend b").allInnerTexts();
			assert.deepEqual(
				legend,
				OUTCOMES.map((outcome) => comma(round.tally[outcome])),
			);
			assert.equal(await page.locator("table.lost tbody tr").count(), round.tally.lost);
		}
		const reasons = await page.locator(".reasons .what").allInnerTexts();
		assert.deepEqual(
			reasons,
			data.report.verdict.reasons.map(({ what, rounds }) => `${what} (round ${rounds.join(", ")}).`),
		);
		await page.close();
	});

	test("says so if no request was lost", async () => {
		const { page, said } = await browser.open(samplePageData({ drains: true }));
		assert.match((await page.locator("h1").textContent()) ?? "", /Passed\s+none of [\d,]+ requests lost/);
		await page.getByText("every request that was sent on an open connection got its complete response").waitFor();
		assert.ok(await page.getByRole("button", { name: "Next lost request" }).isDisabled());
		await page.keyboard.press("n");
		assert.equal(await page.locator("[aria-live]").textContent(), "");
		assert.deepEqual(said, []);
		await page.close();
	});

	test("lists at most 200 lost requests, and says how many more there are", async () => {
		const data = samplePageData({ beforeMs: 5, newConnections: 4000 });
		const { page } = await browser.open(data);
		assert.ok(data.report.tally.lost > 200);
		assert.equal(await page.locator("table.lost tbody tr").count(), 200);
		await page.getByText(`And ${comma(data.report.tally.lost - 200)} more`).waitFor();
		await page.close();
	});

	test("the tooltip describes the request under the pointer, and a click keeps it in focus", async () => {
		const data = samplePageData();
		const { page } = await browser.open(data);
		await page
			.getByRole("button", { name: /^Show back-to-back/ })
			.first()
			.click();
		await page.keyboard.press("Enter");
		const shown = await factsOf(page, ".details dt, .details dd");
		const [first] = lostInOrder(data).filter(({ load }) => load === "back-to-back");
		assert.deepEqual(
			[shown.Outcome, shown.Load, shown.Connection, shown["Request on it"], shown.Reason],
			[first?.outcome, "back-to-back", String(first?.connection), `no. ${(first?.nth ?? 0) + 1}`, first?.reason],
		);
		await page.keyboard.press("Escape");
		const box = await page.locator("canvas.lanes").boundingBox();
		assert.ok(box);
		// The enlarged request is in the middle of the time shown; its lane is the one where the pointer tells of it.
		let told: Record<string, string> = {};
		for (let y = box.y + 130; y < box.y + box.height && told.Connection !== shown.Connection; y += 8) {
			await page.mouse.move(box.x + box.width / 2, y);
			told = await factsOf(page, ".tooltip span");
		}
		assert.deepEqual(told, shown);
		await page.mouse.down();
		await page.mouse.up();
		assert.deepEqual(await factsOf(page, ".details dt, .details dd"), shown);
		await page.close();
	});

	test("keys go through the lost requests in order, and from the last to the first", async () => {
		const data = samplePageData();
		const lost = lostInOrder(data);
		const { page } = await browser.open(data);
		const spoken = page.locator("[aria-live]");
		for (const [index, { load, connection, outcome }] of lost.slice(0, 5).entries()) {
			await page.keyboard.press("n");
			const text = (await spoken.textContent()) ?? "";
			assert.ok(
				text.startsWith(`Lost ${index + 1} of ${lost.length}. ${outcome}: ${load}, connection ${connection}, `),
				text,
			);
		}
		for (let count = 0; count < 5; count++) await page.keyboard.press("p");
		assert.match((await spoken.textContent()) ?? "", new RegExp(`^Lost ${lost.length} of ${lost.length}\\.`));
		await page.getByRole("button", { name: "Next lost request" }).click();
		assert.match((await spoken.textContent()) ?? "", /^Lost 1 of/);
		await page.close();
	});

	test("keys, wheel and drag zoom and pan", async () => {
		const { page } = await browser.open(samplePageData());
		const lanes = page.locator("canvas.lanes");
		await lanes.focus();
		const change = async (act: () => Promise<void>): Promise<number> => {
			const before = await inView(page);
			const picture = await lanes.screenshot();
			await act();
			await nextFrame(page);
			assert.notDeepEqual(await lanes.screenshot(), picture);
			return (await inView(page)) - before;
		};
		const box = await lanes.boundingBox();
		assert.ok(box);
		await page.mouse.move(box.x + 300, box.y + 200);
		assert.ok((await change(() => page.keyboard.press("Home"))) > 0);
		assert.equal(await inView(page), 11_975);
		assert.ok((await change(() => page.keyboard.press("+"))) < 0);
		assert.ok((await change(() => page.keyboard.press("-"))) > 0);
		assert.ok((await change(() => page.mouse.wheel(0, -400))) < 0);
		await change(() => page.keyboard.press("ArrowRight"));
		await change(() => page.keyboard.press("]"));
		await change(() => page.keyboard.press("ArrowDown"));
		await change(async () => {
			await page.mouse.down();
			await page.mouse.move(box.x + 200, box.y + 210, { steps: 3 });
			await page.mouse.up();
		});
		await change(() => page.keyboard.press("s"));
		await page.keyboard.press("?");
		await page.getByRole("dialog").getByText("next and previous lost request").waitFor();
		await page.keyboard.press("Escape");
		await page.close();
	});

	test("the legend hides an outcome everywhere", async () => {
		const data = samplePageData();
		const { page } = await browser.open(data);
		await page.getByRole("button", { name: "Everything" }).click();
		await page.getByRole("button", { name: /^answered/ }).click();
		const { total, answered } = data.report.tally;
		await page.getByText(`${comma(total - answered)} of ${comma(total)} requests in view`).waitFor();
		for (const outcome of ["reset", "cut", "unanswered"])
			await page.getByRole("button", { name: new RegExp(`^${outcome}`) }).click();
		await page.keyboard.press("n");
		assert.equal(await page.locator("[aria-live]").textContent(), "");
		await page.close();
	});

	test("in both color schemes text has a contrast of at least 4.5, and lost requests are drawn in their colors", async () => {
		for (const colorScheme of ["light", "dark"] as const) {
			const { page } = await browser.open(samplePageData());
			await page.emulateMedia({ colorScheme });
			await nextFrame(page);
			const { poor, colors } = await page.evaluate(() => {
				const channels = (text: string): number[] => (text.match(/[\d.]+/g) ?? []).map(Number).slice(0, 3);
				const light = (text: string): number => {
					const [red = 0, green = 0, blue = 0] = channels(text).map((value) => {
						const part = value / 255;
						return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
					});
					return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
				};
				const behind = (element: Element | null): string => {
					for (let at = element; at; at = at.parentElement) {
						const color = getComputedStyle(at).backgroundColor;
						if (color !== "rgba(0, 0, 0, 0)") return color;
					}
					return "rgb(255, 255, 255)";
				};
				const texts = [...document.querySelectorAll("body *:not(script, style, svg, path)")].filter((element) =>
					[...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()),
				);
				const poor = texts
					.filter((element) => {
						const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
						return Math.max(a, b) / Math.min(a, b) < 4.5;
					})
					.map((element) => element.outerHTML);
				const canvas = document.querySelector<HTMLCanvasElement>("canvas.lanes");
				const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
				const drawn = new Set<string>();
				for (let i = 0; i < pixels.length; i += 4) drawn.add(`rgb(${pixels[i]}, ${pixels[i + 1]}, ${pixels[i + 2]})`);
				const markers = [...document.querySelectorAll(".legend .marker")].map((one) => getComputedStyle(one).color);
				return { poor, colors: markers.map((color) => drawn.has(color)) };
			});
			assert.deepEqual(poor, [], colorScheme);
			// All but turned-away, which the sample has none of.
			assert.deepEqual(colors, [true, true, false, true, true, true], colorScheme);
			await page.close();
		}
	});

	test("a hostile text stays text", async () => {
		const text = `/</script><script>document.title="broken"</script><!--<img src=x onerror=alert(1)>\u2028'"\``;
		const { page, said, requested } = await browser.open(withText(samplePageData({ beforeMs: 50, path: text }), text));
		await page.locator("header").getByText(`http://127.0.0.1:8080${text}`).waitFor();
		await page.locator("table.lost").getByText(text).first().waitFor();
		await page.keyboard.press("n");
		assert.match(await page.title(), /requests lost/);
		assert.equal(await page.locator("img, iframe, object").count(), 0);
		assert.equal(await page.locator("a[href^='javascript']").count(), 0);
		assert.deepEqual(said, []);
		assert.equal(requested.length, 1);
		await page.close();
	});

	test("nothing is wider than a narrow or a wide screen", async () => {
		const { page } = await browser.open(samplePageData());
		for (const width of [360, 768, 2560]) {
			await page.setViewportSize({ width, height: 800 });
			assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
		}
		await page.close();
	});

	test("100,000 requests are all drawn, a frame at a time", async (t) => {
		const data = samplePageData({ beforeMs: 4000, newConnections: 20_000 });
		const { page } = await browser.open(data, timeFrames);
		await page.getByRole("button", { name: "Everything" }).click();
		const { total } = data.report.tally;
		assert.ok(total >= 100_000);
		await page.getByText(`${comma(total)} of ${comma(total)} requests in view`).waitFor();
		const lanes = page.locator("canvas.lanes");
		await lanes.evaluate((canvas) => canvas.scrollIntoView());
		const box = await lanes.boundingBox();
		assert.ok(box);
		await page.evaluate("frames.length = 0");
		await page.mouse.move(box.x + box.width * 0.9, box.y + 250);
		for (const step of [-100, -100, 100, 100, -200, -200, 200, 200])
			for (let count = 0; count < 4; count++) await page.mouse.wheel(0, step);
		await page.mouse.down();
		for (let x = 0; x < 40; x++) await page.mouse.move(box.x + box.width * 0.9 - x * 15, box.y + 250 + (x % 7));
		await page.mouse.up();
		const frames = ((await page.evaluate("frames")) as number[]).sort((a, b) => a - b);
		assert.ok(frames.length > 0);
		const [median = 0, worst = 0] = [frames[frames.length >> 1], frames.at(-1)];
		t.diagnostic(
			`${comma(total)} requests, ${frames.length} frames: median ${median.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`,
		);
		await page.close();
	});
});

/** Measures what the script of each frame takes. */
function timeFrames(): void {
	const frames: number[] = [];
	Object.assign(window, { frames });
	const request = window.requestAnimationFrame.bind(window);
	window.requestAnimationFrame = (callback) =>
		request((now) => {
			const started = performance.now();
			callback(now);
			frames.push(performance.now() - started);
		});
}

function withText(data: PageData, text: string): PageData {
	const [round] = data.rounds;
	const [report] = data.report.rounds;
	assert.ok(round && report);
	const lost = report.lost.map((request) => ({ ...request, error: text }));
	const reasons = data.report.verdict.reasons.map((reason) => ({
		...reason,
		what: text,
		link: `javascript:alert(1)//${text}`,
	}));
	return {
		report: { ...data.report, rounds: [{ ...report, lost }], verdict: { passed: false, reasons } },
		rounds: [
			{ ...round, loads: round.loads.map((load) => load + text), notes: round.notes.map((note) => note && text) },
		],
	};
}

function lostInOrder({ report }: PageData): LostRequest[] {
	return (report.rounds[0]?.lost ?? []).slice().sort((a, b) => a.sentMs - b.sentMs);
}

async function inView(page: Page): Promise<number> {
	return Number(((await page.locator(".in-view").textContent()) ?? "").split(" ")[0]?.replaceAll(",", ""));
}

/** What an event has changed is drawn once the second frame from now begins. */
async function nextFrame(page: Page): Promise<void> {
	await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** Names and values that come in turn. */
async function factsOf(page: Page, selector: string): Promise<Record<string, string>> {
	const texts = await page.locator(selector).allTextContents();
	return Object.fromEntries(texts.flatMap((text, i) => (i % 2 === 0 ? [[text, texts[i + 1] ?? ""]] : [])));
}

async function rowsOf(page: Page, selector: string): Promise<string[][]> {
	const rows = await page.locator(selector).all();
	return Promise.all(rows.map((row) => row.locator("th, td").allInnerTexts()));
}

function numbers(tally: Tally): string[] {
	return [tally.total - tally.refused, tally.lost, ...OUTCOMES.map((outcome) => tally[outcome])].map(comma);
}

function comma(count: number): string {
	return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
