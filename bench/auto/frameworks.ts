import type { Program } from "./program.ts";

/** Frameworks, each with the smallest server of its documentation. */
export const FRAMEWORKS: readonly Program[] = [
	{
		name: "apollo",
		title: "Apollo Server, standalone",
		package: "@apollo/server",
		command: ["node", "server.js"],
		drill: ["-X", "POST", "--body", '{"query":"{books{title author}}"}', "-H", "content-type: application/json"],
	},
	{
		name: "yoga",
		title: "GraphQL Yoga",
		package: "graphql-yoga",
		command: ["node", "server.js"],
		drill: ["--path", "/graphql?query=%7Bhello%7D"],
	},
	{
		name: "mercurius",
		title: "Mercurius, Fastify",
		package: "mercurius",
		command: ["node", "server.js"],
	},
	{
		name: "hapi",
		title: "hapi, with `server.stop()` at SIGTERM",
		package: "@hapi/hapi",
		command: ["node", "server.js"],
	},
	{
		name: "restify",
		title: "restify",
		package: "restify",
		command: ["node", "server.js"],
		drill: ["--path", "/hello/you"],
	},
	{
		name: "feathers",
		title: "Feathers, Koa",
		package: "@feathersjs/feathers",
		command: ["node", "server.js"],
		drill: ["--path", "/messages"],
	},
	{
		name: "loopback",
		title: "LoopBack 4",
		package: "@loopback/rest",
		command: ["node", "server.js"],
		drill: ["--path", "/hello"],
	},
	{
		name: "adonis",
		title: "AdonisJS",
		package: "@adonisjs/core",
		command: ["node", "bin/server.js"],
		env: { HOST: "127.0.0.1", NODE_ENV: "production" },
	},
];
