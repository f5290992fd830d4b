// Work that a handler begins after its response, registered as a task: resources are closed after it.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { http, https } from "../support/http-kinds.ts";
import { ServedServer } from "./served-server.ts";

/** The moments at which a handler begins it. `begin` must be called then. */
const moments: Readonly<Record<string, (response: ServerResponse, begin: () => void) => void>> = {
	"in the turn of the response": (response, begin) => {
		response.end("OK");
		begin();
	},
	"a turn of the event loop later": (response, begin) => {
		response.end("OK", () => setImmediate(begin));
	},
	"when the response was written": (response, begin) => {
		response.on("finish", begin);
		response.end("OK");
	},
	"when the response was closed": (response, begin) => {
		response.on("close", begin);
		response.end("OK");
	},
};

for (const kind of [http, https]) {
	for (const [when, respond] of Object.entries(moments)) {
		test(`${kind.name}: work of the last request that begins ${when} is finished`, { timeout: 10_000 }, async (t) => {
			const web = await ServedServer.open(t, kind);
			const { service } = web;
			const order: string[] = [];
			const mail = new EventEmitter();
			service.defer("database", () => void order.push("database closed"));
			const client = web.dial();
			client.get("/hold");
			const { response } = await web.handed("/hold");
			void service.stop();
			await web.listenerClosed();
			const begun = once(mail, "begun");
			respond(response, () => {
				service.task("mail", async () => {
					mail.emit("begun");
					await once(mail, "sent");
					order.push("mail sent");
				});
			});
			await begun;
			await client.closed;
			await web.until(() => service.inFlight().length === 1);
			assert.deepEqual(
				service.inFlight().map(({ name, what }) => `${name} ${what}`),
				["mail task"],
			);
			mail.emit("sent");
			await web.drained();
			assert.deepEqual(order, ["mail sent", "database closed"]);
		});
	}
}
