import type { ListenOptions, Server } from "node:net";
import { explainListenError } from "./listen-error.ts";

/**
 * Makes `server` listen. Resolves once it does.
 * @throws the server's own error, with the name in its message
 */
export function listen(name: string, server: Server, where: ListenOptions | number): Promise<void> {
	return new Promise((resolve, reject) => {
		const settle = (): void => {
			server.removeListener("error", failed);
			server.removeListener("listening", listening);
		};
		const failed = (error: Error): void => {
			settle();
			const { message } = error;
			explainListenError(name, error);
			if (error.message === message) error.message = `"${name}": ${message}`;
			reject(error);
		};
		const listening = (): void => {
			settle();
			resolve();
		};
		server.once("error", failed);
		server.once("listening", listening);
		try {
			server.listen(where);
		} catch (error) {
			failed(error as Error);
		}
	});
}
