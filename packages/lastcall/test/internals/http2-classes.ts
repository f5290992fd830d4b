import { createServer, connect as http2Connect, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";

/** The prototypes of the sessions and the streams of a server, which `node:http2` does not export. */
export const { sessionClass, streamClass }: { readonly sessionClass: object; readonly streamClass: object } =
	await new Promise<{ sessionClass: object; streamClass: object }>((resolve) => {
		const server = createServer().listen(0, "127.0.0.1", () => {
			const client = http2Connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
			client.request().on("error", () => {});
			server.once("stream", (stream: ServerHttp2Stream) => {
				const session = stream.session as ServerHttp2Session;
				resolve({
					sessionClass: Object.getPrototypeOf(Object.getPrototypeOf(session)),
					streamClass: Object.getPrototypeOf(stream),
				});
				client.destroy();
				server.close();
			});
		});
	});
