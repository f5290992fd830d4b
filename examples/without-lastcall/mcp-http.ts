// With `server.close()` at the signal.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { createMcpExpressApp } from "@modelcontextprotocol/sdk/server/express.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";

const app = createMcpExpressApp();
app.all("/mcp", async (request, response) => {
	const shop = new McpServer({ name: "shop", version: "1.0.0" });
	shop.registerTool("pay", { description: "Pays an order" }, async () => {
		await setTimeout(Number(process.env.WORK_MS ?? 500));
		return { content: [{ type: "text", text: "paid" }] };
	});
	const transport = new StreamableHTTPServerTransport();
	response.on("close", () => shop.close());
	await shop.connect(transport);
	await transport.handleRequest(request, response, request.body);
});
const server = createServer(app).listen({ port: Number(process.env.PORT ?? 8080) });
process.on("SIGTERM", () => server.close(() => process.exit()));
