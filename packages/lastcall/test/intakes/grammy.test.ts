import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FakeTelegram } from "./fake-telegram.ts";
import { HeldProgram } from "./held-program.ts";

describe("grammY", { concurrency: 2 }, () => {
	it("the update in progress is finished and confirmed, and the others wait for the bot's successor", async (t) => {
		const telegram = await FakeTelegram.start(t, [1, 2, 3]);
		const program = new HeldProgram(t, "grammy", "intake", telegram.env);
		await program.printed(/^update 1 begun$/m);
		await program.stop();
		await telegram.takeReply();
		await program.printed(/^update 1 done$/m);
		const { exit, stdout, begunAfter, done } = await program.release();
		assert.deepEqual(
			{ exit, begunAfter, done, offset: telegram.offset },
			{ exit: 0, begunAfter: 0, done: 1, offset: 2 },
			stdout,
		);
	});

	it("negative control: with adopt the bot goes on taking updates while draining", async (t) => {
		const telegram = await FakeTelegram.start(t, [1, 2, 3]);
		const program = new HeldProgram(t, "grammy", "adopted", telegram.env);
		await program.printed(/^update 1 begun$/m);
		await program.stop();
		await telegram.takeReply();
		await program.printed(/^update 2 begun$/m);
		await telegram.takeReply();
		await program.printed(/^update 3 begun$/m);
		await telegram.takeReply();
	});
});
