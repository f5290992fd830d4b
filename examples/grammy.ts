// A Telegram bot, by grammY. At the stop it asks for no more updates, and finishes the one that it handles.
import { Bot } from "grammy";
import { run } from "lastcall";

const { BOT_TOKEN = "", API_ROOT = "https://api.telegram.org" } = process.env;

await run((service) => {
	const bot = new Bot(BOT_TOKEN, { client: { apiRoot: API_ROOT } });
	bot.on("message:text", async (context) => {
		console.log(`update ${context.update.update_id} begun`);
		await context.reply("Hello");
		console.log(`update ${context.update.update_id} done`);
	});

	// start() ends when the update that is being handled is finished. One at a time: stop() confirms only that one, and Telegram
	// would deliver the others of its batch again.
	service.task("updates", () => bot.start({ limit: 1 }));
	service.intake("bot", bot, (bot) => bot.stop());
});
