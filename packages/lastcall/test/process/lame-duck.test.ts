import assert from "node:assert/strict";
import { Agent, get } from "node:http";
import { it } from "node:test";
import { start } from "./fixture.ts";

interface Check {
	readonly status: number | undefined;
	readonly connection: string | undefined;
	readonly phase: string;
}

it("a lame duck is not ready, and serves new and kept-alive connections as before until it drains", async (t) => {
	const keeper = new Agent({ keepAlive: true, maxSockets: 1 });
	t.after(() => keeper.destroy());
	const child = start(t, "tells-its-phase", { lameDuckMs: 1_000, lingerMs: 3_000 });
	const port = await child.port();
	assert.deepEqual(await askAnew(port, "/readyz"), { status: 200, connection: "keep-alive", phase: "running" });
	await ask(port, "/", keeper);
	child.kill("SIGTERM");
	await child.printed(/^lastcall: lame duck/m);

	// Two checks, as of a load balancer: on a new connection, and on a kept-alive one.
	const fresh: Check[] = [];
	const kept: Check[] = [];
	while (kept.at(-1)?.connection !== "close") {
		const status = await askAnew(port, "/readyz").catch(() => undefined);
		if (status !== undefined) fresh.push(status);
		kept.push(await ask(port, "/", keeper));
	}
	const lame = ({ phase }: Check): boolean => phase === "lame-duck";
	assert.ok(fresh.some(lame) && kept.some(lame));
	for (const { status, connection } of fresh.filter(lame)) assert.deepEqual([status, connection], [503, "keep-alive"]);
	for (const { status, connection } of kept.filter(lame)) assert.deepEqual([status, connection], [200, "keep-alive"]);
	assert.deepEqual(kept.at(-1), { status: 200, connection: "close", phase: "draining" });

	const { exit, stderr } = await child.ended;
	assert.equal(exit, 0, stderr);
});

/** On a new connection, without `Connection: close`. */
async function askAnew(port: number, path: string): Promise<Check> {
	const agent = new Agent({ keepAlive: true });
	try {
		return await ask(port, path, agent);
	} finally {
		agent.destroy();
	}
}

/** Rejects without a complete response. */
function ask(port: number, path: string, agent: Agent): Promise<Check> {
	return new Promise((resolve, reject) => {
		const request = get({ host: "127.0.0.1", port, path, agent }, (response) => {
			let phase = "";
			response.setEncoding("utf8");
			response.on("data", (text: string) => {
				phase += text;
			});
			response.on("error", reject);
			response.on("end", () => {
				const { statusCode: status, headers } = response;
				resolve({ status, connection: headers.connection, phase });
			});
		});
		request.on("error", reject);
	});
}
