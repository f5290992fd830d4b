import { RestApplication } from "@loopback/rest";

const app = new RestApplication({ rest: { port: Number(process.env.PORT), host: "127.0.0.1" } });
const spec = {
	responses: { 200: { description: "Hello", content: { "text/plain": { schema: { type: "string" } } } } },
};
app.route("get", "/hello", { ...spec, operationId: "hello" }, () => "Hello");
await app.start();
