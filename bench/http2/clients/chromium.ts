import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium as launcher } from "playwright-core";
import { type Http2Client, Outcomes, SESSIONS } from "../client.ts";

const ARGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
];

/** A page that fetches in several loops, each until a fetch fails. Chromium retries refused requests itself. */
const PAGE = `(async () => {
	let answered = 0;
	const loop = async () => {
		for (;;) {
			try {
				const response = await fetch("/");
				if ((await response.text()) === "ok") answered++;
			} catch {
				return;
			}
		}
	};
	await Promise.all(Array.from({ length: ${SESSIONS * 2} }, loop));
	return answered;
})()`;

/** A browser: it has one session, and does not say what it has sent twice. */
export const chromium: Http2Client = {
	name: "Chromium",
	server: "http2",
	start: async (port) => {
		const folder = await mkdtemp(join(tmpdir(), "lastcall-http2-"));
		const context = await launcher.launchPersistentContext(folder, {
			executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
			headless: true,
			ignoreHTTPSErrors: true,
			args: ARGS,
		});
		const all = new Outcomes();
		const page = await context.newPage();
		page.on("requestfailed", (request) => {
			const what = request.failure()?.errorText ?? "unknown";
			if (what !== "net::ERR_CONNECTION_REFUSED") all.fail(what);
		});
		await page.goto(`https://127.0.0.1:${port}/page`);
		const load = async (): Promise<Outcomes> => {
			all.answered = await page.evaluate(PAGE);
			await context.close();
			await rm(folder, { recursive: true, force: true });
			return all;
		};
		return { ended: load() };
	},
};
