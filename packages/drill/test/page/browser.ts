import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { htmlPage } from "#src/report/html-page.js";
import type { PageData } from "#src/report/page-data.js";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const missing = existsSync(executablePath)
	? undefined
	: `No Chromium at ${executablePath}: apt-get install chromium, or say where one is in $CHROMIUM.`;

/** Why the browser's tests can't run here. In CI they must. */
export const skipBrowser: string | false = missing !== undefined && !process.env.CI ? missing : false;

const ARGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

/** A page in a browser, and all that it said and asked for. */
export interface OpenPage {
	readonly page: Page;
	/** What it wrote on the console, and its uncaught errors. */
	readonly said: string[];
	/** The addresses that it loaded, its own first. */
	readonly requested: string[];
}

/** A browser with a profile of its own, which opens pages as a user would: from a file. */
export class Browser {
	readonly #folder: string;
	readonly #context: BrowserContext;
	#pages = 0;

	static async start(): Promise<Browser> {
		if (missing !== undefined) throw new Error(missing);
		const folder = await mkdtemp(join(tmpdir(), "lastcall-drill-page-"));
		const viewport = { width: 1280, height: 900 };
		const options = { executablePath, headless: true, args: ARGS, viewport };
		return new Browser(folder, await chromium.launchPersistentContext(join(folder, "profile"), options));
	}

	private constructor(folder: string, context: BrowserContext) {
		this.#folder = folder;
		this.#context = context;
	}

	/** `before` runs in the page ahead of its own script. */
	async open(data: PageData, before?: () => void): Promise<OpenPage> {
		const file = join(this.#folder, `${this.#pages++}.html`);
		await writeFile(file, htmlPage(data));
		const page = await this.#context.newPage();
		const said: string[] = [];
		const requested: string[] = [];
		page.on("console", (message) => said.push(message.text()));
		page.on("pageerror", (error) => said.push(String(error.stack)));
		page.on("request", (request) => requested.push(request.url()));
		if (before) await page.addInitScript(before);
		await page.goto(pathToFileURL(file).href);
		await page.locator(".in-view").filter({ hasText: "in view" }).waitFor();
		return { page, said, requested };
	}

	async close(): Promise<void> {
		await this.#context.close();
		await rm(this.#folder, { recursive: true, maxRetries: 3 });
	}
}
