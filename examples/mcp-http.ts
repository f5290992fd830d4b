// An MCP server over HTTP: a tool call is in flight until its result is sent. A client's standing stream (its GET) is ended when draining
// begins, as every event stream is whose client reconnects.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { createMcpExpressApp } from "@modelcontextprotocol/sdk/server/express.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { run } from "lastcall";

function createShop(): McpServer {
	const shop = new McpServer({ name: "shop", version: "1.0.0" });
	shop.registerTool("pay", { description: "Pays an order" }, async () => {
		console.log("paying");
		await setTimeout(Number(process.env.WORK_MS ?? 500)); // work that takes its time
		return { content: [{ type: "text", text: "paid" }] };
	});
	return shop;
}

await run(async (service) => {
	service.defer("database", () => console.log("database closed"));
	const app = createMcpExpressApp();
	app.all("/mcp", async (request, response) => {
		// Without sessions, so that the instance that comes next can go on for every client.
		const shop = createShop();
		const transport = new StreamableHTTPServerTransport();
		response.on("close", () => shop.close());
		await shop.connect(transport);
		await transport.handleRequest(request, response, request.body);
	});
	await service.listen("http", createServer(app), { port: Number(process.env.PORT ?? 8080) });
});
