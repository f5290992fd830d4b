import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, Socket } from "node:net";
import { test } from "node:test";
import { backToBack } from "#src/load/back-to-back.js";
import { inFlight } from "#src/load/in-flight.js";
import { pausing } from "#src/load/pausing.js";
import { pipelined } from "#src/load/pipelined.js";
import type { RunningLoad } from "#src/load/running-load.js";
import type { Origin } from "#src/wire/open-socket.js";
import { rawServer } from "./support/raw-server.ts";
import { until } from "./support/until.ts";

const loads: Readonly<Record<string, (target: Origin) => RunningLoad>> = {
	"back to back": (target) => backToBack(target, { connections: 2 }),
	pausing: (target) => pausing(target, { connections: 2 }),
	pipelined: (target) => pipelined(target, { connections: 2 }),
	"in flight": (target) => inFlight(target, { connections: 2, repeats: true }),
};

for (const [name, start] of Object.entries(loads)) {
	test(`what is no HTTP ends a connection, not the load: ${name}`, async (t) => {
		let connections = 0;
		const server = await rawServer(({ socket }) => socket.write("GET / HTTP/1.1\r\n\r\n"));
		t.after(() => server.close());
		server.onConnection(() => connections++);
		const load = start(server.target);
		await until(() => connections > 20);
		const records = await load.finish();
		assert.ok(records.length >= 20);
		for (const { outcome, detail } of records) assert.equal(detail, "unparsable", outcome);
	});
}

test("a connection to oneself was refused", async (t) => {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, "close");
	const { connect } = Socket.prototype;
	// What the system does by chance.
	t.mock.method(Socket.prototype, "connect", function (this: Socket, ...args: [[object]]) {
		return Reflect.apply(connect, this, [Object.assign(args[0], [{ ...args[0][0], localPort: port }])]);
	});
	const load = backToBack({ host: "127.0.0.1", port }, { connections: 1 });
	await until(() => load.refusedAttempts > 2);
	const records = await load.finish();
	for (const { outcome, error } of records) assert.deepEqual([outcome, error], ["refused", "ECONNREFUSED"]);
});
