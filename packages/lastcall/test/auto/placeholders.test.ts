import assert from "node:assert/strict";
import { it } from "node:test";
import { Child } from "../support/child.ts";
import { fixture } from "./preloaded.ts";

const skip = process.platform === "win32" && "no signals to processes";

it("a signal that has come in the moment in which signals are no longer held ends the process", { skip }, async (t) => {
	const { exit } = await new Child(t, process.execPath, [fixture("is-signaled-at-the-end")]).ended;
	assert.equal(exit, "SIGTERM");
});
