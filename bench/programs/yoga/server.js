import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { createSchema, createYoga } from "graphql-yoga";

const schema = createSchema({
	typeDefs: `
		type Query {
			hello: String
		}

		type Subscription {
			count: Int
		}
	`,
	resolvers: {
		Query: { hello: () => "Hello" },
		Subscription: {
			count: {
				async *subscribe() {
					for (let count = 0; ; count++) {
						await setTimeout(50);
						yield { count };
					}
				},
			},
		},
	},
});

createServer(createYoga({ schema })).listen(Number(process.env.PORT));
