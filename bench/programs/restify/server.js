import restify from "restify";

const server = restify.createServer();
server.get("/hello/:name", (request, response, next) => {
	response.send({ hello: request.params.name });
	next();
});
server.listen(Number(process.env.PORT), () => console.log(`${server.name} listening at ${server.url}`));
