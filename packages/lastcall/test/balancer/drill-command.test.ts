import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Child, type Ending as ChildEnding } from "../support/child.ts";
import { skipBalancers } from "./balancer.ts";
import { haproxy } from "./haproxy.ts";
import type { Ending } from "./replica.ts";
import { Rig } from "./rig.ts";

const drill = fileURLToPath(new URL("dist/cli.js", import.meta.resolve("lastcall-drill/package.json")));
const askToRoll = fileURLToPath(new URL("./fixtures/ask-to-roll.js", import.meta.url));

describe("lastcall-drill through a load balancer, with a rolling restart for a stop command", {
	skip: skipBalancers,
	concurrency: 2,
}, () => {
	it("passes for replicas with lastcall", async (t) => {
		const { exit, stdout, stderr } = await drillRig(t, "lastcall");
		assert.equal(exit, 0, stdout + stderr);
	});

	it("negative control: fails for replicas that exit at once", async (t) => {
		const { exit, stdout, stderr } = await drillRig(t, "process.exit");
		assert.equal(exit, 1, stdout + stderr);
	});
});

/** As with `--stop-command "kubectl rollout restart … && kubectl rollout status …"`. */
async function drillRig(t: TestContext, ending: Ending): Promise<ChildEnding> {
	const rig = await Rig.start(haproxy("http"), ending, 0);
	t.after(() => rig.end());
	const orchestrator = createServer((_request, response) => {
		rig.roll().then(
			() => response.end("rolled out"),
			(error: Error) => response.writeHead(500).end(error.message),
		);
	});
	await once(orchestrator.listen(0, "127.0.0.1"), "listening");
	t.after(() => orchestrator.close());
	const { port } = orchestrator.address() as AddressInfo;
	const child = new Child(t, process.execPath, [
		drill,
		...["--url", `http://127.0.0.1:${rig.balancer.port}/`],
		...["--stop-command", `"${process.execPath}" "${askToRoll}" http://127.0.0.1:${port}/`],
		...[
			"--load",
			"rate,rate=100",
			"--load",
			"back-to-back,connections=8",
			"--load",
			"pausing,connections=10,pause=200ms",
		],
	]);
	return child.ended;
}
