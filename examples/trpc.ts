// tRPC: its standalone adapter makes a server of the router.
import { setTimeout } from "node:timers/promises";
import { initTRPC } from "@trpc/server";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import { octetInputParser } from "@trpc/server/http";
import { run } from "lastcall";

const t = initTRPC.create();

const router = t.router({
	hello: t.procedure.query(() => "Hello\n"),

	report: t.procedure.query(async () => {
		await setTimeout(500); // work that takes its time
		return { sold: 42 };
	}),

	orders: t.procedure.input(octetInputParser).mutation(async ({ input }) => {
		let bytes = 0;
		for await (const part of input) bytes += part.length;
		return { bytes };
	}),
});

/** What the client imports. */
export type Router = typeof router;

await run(async (service) => {
	service.defer("database", () => console.log("database closed"));
	await service.listen("http", createHTTPServer({ router }), { port: Number(process.env.PORT ?? 8080) });
});
