import { loadPackageDefinition, Server, ServerCredentials } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const { helloworld } = loadPackageDefinition(loadSync(`${import.meta.dirname}/helloworld.proto`));
const server = new Server();

server.addService(helloworld.Greeter.service, {
	sayHello: (call, callback) => callback(null, { message: `Hello ${call.request.name}` }),
});
server.bindAsync(`127.0.0.1:${process.env.PORT}`, ServerCredentials.createInsecure(), (error) => {
	if (error !== null) throw error;
});
