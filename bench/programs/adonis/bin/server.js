import { Ignitor, prettyPrintError } from "@adonisjs/core";

const APP_ROOT = new URL("../", import.meta.url);

new Ignitor(APP_ROOT, { importer: (path) => import(path.startsWith(".") ? new URL(path, APP_ROOT).href : path) })
	.tap((app) => {
		app.listen("SIGTERM", () => app.terminate());
		app.listenIf(app.managedByPm2, "SIGINT", () => app.terminate());
	})
	.httpServer()
	.start()
	.catch((error) => {
		process.exitCode = 1;
		prettyPrintError(error);
	});
