const ApiGateway = require("moleculer-web");

module.exports = {
	name: "api",
	mixins: [ApiGateway],
	settings: { port: process.env.PORT, routes: [{ path: "/api", mappingPolicy: "all" }] },
};
