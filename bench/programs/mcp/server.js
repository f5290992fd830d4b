import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import express from "express";
import { z } from "zod";

function createServer() {
	const server = new McpServer({ name: "shop", version: "1.0.0" });
	const inputSchema = { a: z.number(), b: z.number() };
	server.registerTool("add", { title: "Addition", description: "Adds two numbers", inputSchema }, async ({ a, b }) => ({
		content: [{ type: "text", text: String(a + b) }],
	}));
	return server;
}

const app = express();
app.use(express.json());
app.post("/mcp", async (request, response) => {
	// Stateless: a server and a transport for each request.
	const server = createServer();
	const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
	response.on("close", () => {
		transport.close();
		server.close();
	});
	await server.connect(transport);
	await transport.handleRequest(request, response, request.body);
});
app.listen(Number(process.env.PORT));
