// tRPC's documentation does not say how to stop: this is Node's own way.
import { setTimeout } from "node:timers/promises";
import { initTRPC } from "@trpc/server";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import { octetInputParser } from "@trpc/server/http";

const t = initTRPC.create();
const router = t.router({
	hello: t.procedure.query(() => "Hello\n"),
	report: t.procedure.query(async () => {
		await setTimeout(500);
		return { sold: 42 };
	}),
	orders: t.procedure.input(octetInputParser).mutation(async ({ input }) => {
		let bytes = 0;
		for await (const part of input) bytes += part.length;
		return { bytes };
	}),
});

const server = createHTTPServer({ router }).listen(Number(process.env.PORT ?? 8080));

process.on("SIGTERM", () => {
	server.close(() => process.exit(0));
});
