// Playwright: pages that are being rendered are finished, then the browser is closed. Without the three options Playwright kills the
// browser at the signal.
import { createServer } from "node:http";
import { run } from "lastcall";
import { type Browser, chromium } from "playwright-core";

async function renderInvoice(browser: Browser): Promise<Buffer> {
	const page = await browser.newPage();
	try {
		await page.setContent("<h1>invoice</h1>");
		await page.waitForTimeout(Number(process.env.WORK_MS ?? 500)); // work that takes its time
		return await page.pdf();
	} finally {
		await page.close();
	}
}

await run(async (service) => {
	const browser = await chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		args: ["--no-sandbox"],
		handleSIGTERM: false,
		handleSIGINT: false,
		handleSIGHUP: false,
	});
	service.defer("browser", () => browser.close());

	const server = createServer((_request, response) => {
		renderInvoice(browser).then(
			(pdf) => response.setHeader("Content-Type", "application/pdf").end(pdf),
			(error: unknown) => response.writeHead(500).end(String(error)),
		);
	});
	await service.listen("http", server, { port: Number(process.env.PORT ?? 8080) });
});
