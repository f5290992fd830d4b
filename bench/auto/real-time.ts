import type { Program } from "./program.ts";

const HTTP = ["--load", "back-to-back,connections=8", "--load", "new-connections,connections=8"];
const SUBSCRIPTION = "/graphql?query=subscription%7Bcount%7D";

/** WebSockets, event streams, HTTP/2: connections that stay open. */
export const REAL_TIME: readonly Program[] = [
	{
		name: "ws",
		title: "ws, a chat: a message each 200 ms on each socket",
		package: "ws",
		command: ["node", "server.js"],
		drill: ["--load", "websocket,connections=32,message=hello,every=200"],
	},
	{
		name: "ws-fast",
		folder: "ws",
		title: "ws, a chat: a message each 20 ms on each socket",
		package: "ws",
		command: ["node", "server.js"],
		drill: ["--load", "websocket,connections=32,message=hello,every=20"],
		reason:
			"Only messages: one that crosses the close frame reaches the program, but its response comes too late (RFC 6455 §1.4). No WebSocket ended without a close frame.",
	},
	{
		name: "socket.io",
		title: "Socket.IO, HTTP and WebSocket transports",
		package: "socket.io",
		command: ["node", "server.js"],
		drill: [...HTTP, "--load", "websocket,connections=32,path=/socket.io/?EIO=4&transport=websocket"],
	},
	{
		name: "y-websocket",
		title: "y-websocket",
		package: "y-websocket",
		command: ["y-websocket"],
		env: { HOST: "127.0.0.1" },
		drill: [...HTTP, "--load", "websocket,connections=32,path=/room"],
	},
	{
		name: "hocuspocus",
		title: "Hocuspocus",
		package: "@hocuspocus/server",
		command: ["node", "server.js"],
		drill: [...HTTP, "--load", "websocket,connections=32,path=/room"],
	},
	{
		name: "peer",
		title: "PeerServer",
		package: "peer",
		command: ["peerjs", "--port", "$PORT"],
		drill: [...HTTP, "--load", "pausing"],
	},
	{
		name: "grpc",
		title: "@grpc/grpc-js",
		package: "@grpc/grpc-js",
		command: ["node", "server.js"],
		drill: [
			...["--path", "/helloworld.Greeter/SayHello", "--body", "@hello.bin", "--load", "http2,streams=4"],
			...["-H", "content-type: application/grpc", "-H", "te: trailers"],
		],
	},
	{
		name: "mcp",
		title: "MCP SDK, streamable HTTP",
		package: "@modelcontextprotocol/sdk",
		command: ["node", "server.js"],
		drill: [
			...["--path", "/mcp", "-X", "POST", "--body", "@call.json"],
			...["-H", "content-type: application/json", "-H", "accept: application/json, text/event-stream"],
		],
	},
	{
		name: "yoga-sse",
		folder: "yoga",
		title: "GraphQL Yoga, 32 subscriptions",
		package: "graphql-yoga",
		command: ["node", "server.js"],
		drill: ["-H", "accept: text/event-stream", "--load", `event-stream,connections=32,path=${SUBSCRIPTION}`],
	},
];
