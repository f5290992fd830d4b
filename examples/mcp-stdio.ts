// An MCP server on standard input and output: a tool call is in flight until its result is written.
import { setTimeout } from "node:timers/promises";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { run } from "lastcall";

await run(
	async (service) => {
		service.defer("database", () => console.error("database closed")); // standard output is the protocol's
		const shop = new McpServer({ name: "shop", version: "1.0.0" });
		service.defer("mcp", () => shop.close());

		shop.registerTool("pay", { description: "Pays an order" }, async () => {
			const done = service.enter("pay");
			try {
				console.error("paying");
				await setTimeout(Number(process.env.WORK_MS ?? 500)); // work that takes its time
				return { content: [{ type: "text", text: "paid" }] };
			} finally {
				setImmediate(done); // once the result is written, in this turn
			}
		});

		await shop.connect(new StdioServerTransport());
	},
	{ stopOnStdinEnd: true },
);
