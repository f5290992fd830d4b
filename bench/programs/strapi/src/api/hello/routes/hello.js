module.exports = {
	routes: [{ method: "GET", path: "/hello", handler: "hello.find", config: { auth: false } }],
};
