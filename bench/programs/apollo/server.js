import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

const typeDefs = `#graphql
	type Book {
		title: String
		author: String
	}

	type Query {
		books: [Book]
	}
`;
const books = [
	{ title: "The Awakening", author: "Kate Chopin" },
	{ title: "City of Glass", author: "Paul Auster" },
];
const server = new ApolloServer({ typeDefs, resolvers: { Query: { books: () => books } } });

const { url } = await startStandaloneServer(server, { listen: { port: Number(process.env.PORT) } });
console.log(`Server ready at: ${url}`);
