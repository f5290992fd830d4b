import { type Agent, get } from "node:http";

/** Sends a GET, on a new connection unless an agent is given. Resolves to `status body` of a complete response, else to the code of the error. */
export function ask(port: number, path: string, { agent = false }: { agent?: Agent | false } = {}): Promise<string> {
	return new Promise((resolve) => {
		const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
		const request = get({ host: "127.0.0.1", port, path, agent }, (response) => {
			let body = "";
			response.setEncoding("utf8");
			response.on("data", (text: string) => {
				body += text;
			});
			response.on("error", failed);
			response.on("end", () => resolve(`${response.statusCode} ${body}`));
		});
		request.on("error", failed);
	});
}
