import assert from "node:assert/strict";
import { test } from "node:test";
import { restartUnderLoad } from "./restarts.ts";

for (const scheme of ["http", "https"] as const) {
	test(`restarts on one port, with clients that connect for each request over ${scheme}, lose no request`, async () => {
		const options = { scheme, restarts: 4, apartMs: 300, clients: { concurrency: 16 } };
		const { lost, answered, exitCodes, executedUnanswered } = await restartUnderLoad({ kind: "lastcall", ...options });
		assert.deepEqual(
			{ lost, exitCodes, executedUnanswered },
			{ lost: [], exitCodes: [0, 0, 0, 0], executedUnanswered: 0 },
		);
		assert.ok(answered > 0);
	});
}

test("negative control: restarts by exiting at once lose requests", async () => {
	const options = { scheme: "http", restarts: 4, apartMs: 300, clients: { concurrency: 16 } } as const;
	const { lost } = await restartUnderLoad({ kind: "exit", ...options });
	assert.ok(lost.length > 0);
});
