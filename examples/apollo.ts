// Apollo Server on Express: an operation is in flight until its response is sent, and `stop()` runs after the last one. Apollo's own signal
// handlers are off, and so is its plugin ApolloServerPluginDrainHttpServer.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { ApolloServer } from "@apollo/server";
import { expressMiddleware } from "@as-integrations/express5";
import express from "express";
import { run } from "lastcall";

const typeDefs = `
	type Query { hello: String, report: Int }
	type Mutation { pay: String }
`;
const resolvers = {
	Query: {
		hello: () => "Hello",
		report: () => setTimeout(500, 42), // work that takes its time
	},
	Mutation: { pay: () => setTimeout(500, "paid") },
};

await run(async (service) => {
	service.defer("database", () => console.log("database closed"));
	const apollo = new ApolloServer({ typeDefs, resolvers, stopOnTerminationSignals: false });
	service.defer("apollo", () => apollo.stop());
	await apollo.start();

	const app = express();
	app.use("/graphql", express.json(), expressMiddleware(apollo));
	await service.listen("http", createServer(app), { port: Number(process.env.PORT ?? 8080) });
});
