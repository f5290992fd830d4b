import type { Program } from "./program.ts";

/** Servers that are commands. */
export const TOOLS: readonly Program[] = [
	{
		name: "verdaccio",
		title: "verdaccio, a private registry",
		package: "verdaccio",
		command: ["verdaccio", "--config", "config.yaml", "--listen", "127.0.0.1:$PORT"],
		drill: ["--path", "/-/ping"],
	},
	{
		name: "json-server",
		title: "json-server",
		package: "json-server",
		command: ["json-server", "--quiet", "--port", "$PORT", "--host", "127.0.0.1", "db.json"],
		drill: ["--path", "/posts"],
	},
	{
		name: "http-server",
		title: "http-server",
		package: "http-server",
		command: ["http-server", "public", "-p", "$PORT", "--silent"],
	},
	{
		name: "serve",
		title: "serve",
		package: "serve",
		command: ["serve", "public", "-l", "$PORT", "--no-clipboard", "-L"],
	},
	{
		name: "tiddlywiki",
		title: "TiddlyWiki",
		package: "tiddlywiki",
		command: ["tiddlywiki", "wiki", "--listen", "port=$PORT"],
		drill: ["--path", "/status"],
	},
	{
		name: "prism",
		title: "Prism, a mock server",
		package: "@stoplight/prism-cli",
		command: ["prism", "mock", "--port", "$PORT", "openapi.yaml"],
		drill: ["--path", "/orders"],
	},
	{
		name: "mockoon",
		title: "Mockoon, a mock server",
		package: "@mockoon/cli",
		command: ["mockoon-cli", "start", "--data", "openapi.yaml", "--port", "$PORT", "--disable-log-to-file"],
		drill: ["--path", "/orders"],
	},
	{
		name: "moleculer",
		title: "moleculer-runner, moleculer-web",
		package: "moleculer",
		command: ["moleculer-runner", "services"],
		drill: ["--path", "/api/greeter/hello"],
	},
	{
		name: "fastify-cli",
		title: "fastify-cli",
		package: "fastify-cli",
		command: ["fastify", "start", "--port", "$PORT", "app.js"],
	},
	{
		name: "node-red",
		title: "Node-RED, the editor's page",
		package: "node-red",
		command: ["node-red", "--userDir", ".", "--port", "$PORT", "flows.json"],
	},
	{
		name: "node-red-flow",
		folder: "node-red",
		title: "Node-RED, a flow of 20 ms",
		package: "node-red",
		command: ["node-red", "--userDir", ".", "--port", "$PORT", "flows.json"],
		drill: ["--path", "/hello"],
	},
];
