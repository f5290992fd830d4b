// With Apollo's own signal handlers and its plugin for the HTTP server, as its documentation says.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginDrainHttpServer } from "@apollo/server/plugin/drainHttpServer";
import { expressMiddleware } from "@as-integrations/express5";
import express from "express";

const app = express();
const server = createServer(app);
const apollo = new ApolloServer({
	typeDefs: "type Query { hello: String, report: Int }",
	resolvers: { Query: { hello: () => "Hello", report: () => setTimeout(500, 42) } },
	plugins: [ApolloServerPluginDrainHttpServer({ httpServer: server })],
});
await apollo.start();
app.use("/graphql", express.json(), expressMiddleware(apollo));
server.listen({ port: Number(process.env.PORT ?? 8080) });
