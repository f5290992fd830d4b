// An HTTP/2 server over TLS, or a gRPC server: `node server.js http2|grpc close|URL`, where the URL is that of lastcall. Sends its port, and at the end
// how many requests it got and how many of them it answered completely.
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo } from "node:net";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { echo } from "./echo.ts";

const [kind, end = "close"] = process.argv.slice(2);
const { TLS_KEY: key = "", TLS_CERT: cert = "" } = process.env;
let executed = 0;
let answered = 0;

const later = (answer: () => void): void => {
	if (executed === 0) process.send?.({ begun: true });
	setTimeout(answer, executed++ % 20);
};
const tell = (message: object): Promise<void> => new Promise((resolve) => process.send?.(message, () => resolve()));

const web = createSecureServer({ key, cert }, (request: Http2ServerRequest, response: Http2ServerResponse) => {
	// The browser's page comes from here too, and does not count as a request of the load.
	if (request.url === "/page") return void response.end("<!doctype html><title>load</title>");
	if (request.url !== "/") return void response.writeHead(404).end();
	later(() => response.end("ok", () => answered++));
});
const rpc = new Server();
rpc.addService(echo, {
	say: ({ request }: ServerUnaryCall<string, string>, callback: sendUnaryData<string>) => {
		later(() => {
			callback(null, request);
			answered++;
		});
	},
});

function bind(): Promise<number> {
	const insecure = ServerCredentials.createInsecure();
	return new Promise((resolve, reject) => {
		rpc.bindAsync("127.0.0.1:0", insecure, (error, port) => (error ? reject(error) : resolve(port)));
	});
}

if (end !== "close") {
	const { run } = (await import(end)) as typeof import("lastcall");
	await run(
		async (service) => {
			service.defer("account", () => tell({ executed, answered }));
			if (kind === "grpc") {
				service.serve("rpc", rpc);
				await tell({ port: await bind() });
			} else {
				await service.listen("http2", web, { port: 0, host: "127.0.0.1" });
				await tell({ port: (web.address() as AddressInfo).port });
			}
		},
		{ log: false },
	);
} else {
	// What most programs do.
	process.once("SIGTERM", async () => {
		if (kind === "grpc") rpc.forceShutdown();
		else web.close();
		await tell({ executed, answered });
		process.exit(0);
	});
	if (kind === "grpc") await tell({ port: await bind() });
	else web.listen(0, "127.0.0.1", () => tell({ port: (web.address() as AddressInfo).port }));
}
