// Hocuspocus: its own signal handlers are off, its two servers are served, and a document is in flight from when it is loaded until it is
// stored, after its last reader has left.
import { setTimeout } from "node:timers/promises";
import { Server } from "@hocuspocus/server";
import { type Done, run } from "lastcall";

await run(async (service) => {
	service.defer("database", () => console.log("database closed"));
	const open = new Map<string, Done>();
	const server = new Server({
		quiet: true,
		stopOnSignals: false,
		async afterLoadDocument({ documentName }) {
			open.set(documentName, service.enter("documents", documentName));
		},
		async afterUnloadDocument({ documentName }) {
			open.get(documentName)?.();
		},
		async onStoreDocument({ document, documentName }) {
			const text = document.getText("text").toString();
			await setTimeout(300); // a database
			console.log(`stored ${documentName}: ${text}`);
		},
	});
	service.serve("editors", server.webSocketServer);
	await service.listen("http", server.httpServer, { port: Number(process.env.PORT ?? 8080) });
});
