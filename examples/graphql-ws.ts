// GraphQL over WebSockets: a query or a mutation is in flight until its result is sent. A subscription has no end of its own: it
// ends with its connection, and its client subscribes again elsewhere.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { type ExecutionArgs, execute, GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";
import { type Extra, useServer } from "graphql-ws/use/ws";
import { run } from "lastcall";
import { WebSocketServer } from "ws";

const schema = new GraphQLSchema({
	query: new GraphQLObjectType({ name: "Query", fields: { hello: { type: GraphQLString, resolve: () => "Hello" } } }),
	mutation: new GraphQLObjectType({
		name: "Mutation",
		fields: {
			pay: {
				type: GraphQLString,
				resolve: async () => {
					console.log("paying");
					await setTimeout(Number(process.env.WORK_MS ?? 500)); // work that takes its time
					return "paid";
				},
			},
		},
	}),
	subscription: new GraphQLObjectType({
		name: "Subscription",
		fields: {
			news: {
				type: GraphQLString,
				async *subscribe() {
					for (;;) {
						yield { news: "tick" };
						await setTimeout(1_000);
					}
				},
			},
		},
	}),
});

await run(async (service) => {
	service.defer("database", () => console.log("database closed"));
	const server = createServer();
	const webSockets = service.serve("graphql", new WebSocketServer({ server, path: "/graphql" }));
	useServer(
		{
			schema,
			context: ({ extra }) => extra,
			// Not called for subscriptions.
			async execute(args: ExecutionArgs) {
				const done = service.enter((args.contextValue as Extra).socket, args.operationName ?? "operation");
				try {
					return await execute(args);
				} finally {
					setImmediate(done); // once the result is sent, in this turn
				}
			},
		},
		webSockets,
	);
	await service.listen("http", server, { port: Number(process.env.PORT ?? 8080) });
});
