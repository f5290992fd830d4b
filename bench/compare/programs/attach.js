// Each library as its documentation shows it, for a server of Node.js.
import { LIMIT_MS } from "./handler.js";

/** @typedef {import("node:http").Server} Server */
/** @typedef {{ port: number, host: string, backlog?: number }} Place */

/** @param {Server} server @param {Place} place @returns {Promise<void>} */
const listen = (server, place) => new Promise((resolve) => server.listen(place, resolve));

/** @param {() => unknown} stop */
function atStop(stop) {
	process.on("SIGTERM", async () => {
		await stop();
		process.exit(0);
	});
}

/** @type {Record<string, (server: Server, place: Place) => Promise<unknown>>} */
export const ATTACH = {
	// https://nodejs.org/api/http.html#serverclosecallback
	close: async (server, place) => {
		atStop(() => new Promise((resolve) => server.close(resolve)));
		await listen(server, place);
	},
	lastcall: async (server, place) => {
		const { run } = await import("lastcall");
		await new Promise((resolve) => {
			// Resolves with the report, after the shutdown.
			void run(async (service) => resolve(await service.listen("http", server, place)), {
				gracePeriodMs: LIMIT_MS,
				log: false,
			});
		});
	},
	// https://github.com/godaddy/terminus#usage
	terminus: async (server, place) => {
		const { createTerminus } = await import("@godaddy/terminus");
		createTerminus(server, { timeout: LIMIT_MS });
		await listen(server, place);
	},
	// https://github.com/gajus/http-terminator#usage
	"http-terminator": async (server, place) => {
		const { createHttpTerminator } = await import("http-terminator");
		const terminator = createHttpTerminator({ server, gracefulTerminationTimeout: LIMIT_MS });
		atStop(() => terminator.terminate());
		await listen(server, place);
	},
	// https://github.com/flash-oss/lil-http-terminator#usage
	"lil-http-terminator": async (server, place) => {
		const { default: HttpTerminator } = await import("lil-http-terminator");
		const terminator = HttpTerminator({ server, gracefulTerminationTimeout: LIMIT_MS });
		atStop(() => terminator.terminate());
		await listen(server, place);
	},
	// https://github.com/hunterloftis/stoppable#usage
	stoppable: async (server, place) => {
		const { default: stoppable } = await import("stoppable");
		const stoppableServer = stoppable(server, LIMIT_MS);
		atStop(() => new Promise((resolve) => stoppableServer.stop(resolve)));
		await listen(server, place);
	},
	// https://github.com/sebhildebrandt/http-graceful-shutdown#basic-usage
	"http-graceful-shutdown": async (server, place) => {
		const { default: gracefulShutdown } = await import("http-graceful-shutdown");
		await listen(server, place);
		gracefulShutdown(server, { timeout: LIMIT_MS });
	},
	// https://github.com/thedillonb/http-shutdown
	"http-shutdown": async (server, place) => {
		const { default: httpShutdown } = await import("http-shutdown");
		const withShutdown = httpShutdown(server);
		atStop(() => new Promise((resolve) => withShutdown.shutdown(resolve)));
		await listen(server, place);
	},
	// https://github.com/gajus/lightship#using-with-expressjs. Its own delay is 5 s, as long as the drill's grace period.
	lightship: async (server, place) => {
		const { createLightship } = await import("lightship");
		const lightship = await createLightship({
			shutdownDelay: 1_000,
			shutdownHandlerTimeout: LIMIT_MS - 1_000,
			gracefulShutdownTimeout: LIMIT_MS,
		});
		lightship.registerShutdownHandler(() => void server.close());
		await listen(server, place);
		lightship.signalReady();
	},
};
