import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp2Server } from "node:http2";
import { createServer as createNetServer, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { certificate } from "../support/certificate.ts";
import { http, https } from "../support/http-kinds.ts";
import { running } from "../support/running-service.ts";
import { rule } from "./rule.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const SERVERS = 100;
/** The last one or two may be checked only when the next is served. */
const MOST_KEPT = 5;

const kinds: Readonly<Record<string, () => Server>> = {
	"node:http": () => http.createServer({}, () => {}),
	"node:https": () => https.createServer({}, () => {}),
	"node:http2": () => createHttp2Server(),
	"node:net": () => createNetServer(),
	"node:tls": () => createTlsServer(certificate),
};

for (const [name, create] of Object.entries(kinds)) {
	rule(`the service does not keep servers that the program has closed and released: ${name}`, async (t) => {
		const { service } = await running(t);
		const gone: WeakRef<Server>[] = [];
		for (let i = 0; i < SERVERS; i++) gone.push(await serveAndClose(service, create()));
		let kept = SERVERS;
		for (let tries = 0; tries < 10 && kept > MOST_KEPT; tries++) {
			// What was seen through a weak reference lives on until the next turn.
			await new Promise(setImmediate);
			collect();
			kept = gone.filter((server) => server.deref() !== undefined).length;
		}
		assert.ok(kept <= MOST_KEPT, `${kept} of ${SERVERS} are kept`);
	});
}

rule("a server that listens again after it was closed is drained", async (t) => {
	const { service } = await running(t);
	const server = http.createServer({}, (_, response) => response.end());
	await serveAndClose(service, server);
	for (let i = 0; i < 5; i++) await serveAndClose(service, createNetServer());
	await once(server.listen(0, "127.0.0.1"), "listening");
	const report = await service.stop();
	assert.equal(server.listening, false);
	assert.equal(report.ok, true);
});

async function serveAndClose(
	service: { serve(name: string, server: Server): unknown },
	server: Server,
): Promise<WeakRef<Server>> {
	service.serve("short-lived", server);
	await once(server.listen(0, "127.0.0.1"), "listening");
	await new Promise((resolve) => server.close(resolve));
	return new WeakRef(server);
}
