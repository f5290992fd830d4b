// PM2 reads the mode and the number of instances from the environment here, so that one file serves all rows.
module.exports = {
	apps: [
		{
			name: "shop",
			script: "server.js",
			exec_mode: process.env.PM2_MODE,
			instances: process.env.PM2_MODE === "cluster" ? 2 : 1,
			node_args: process.env.PM2_NODE_ARGS,
			kill_timeout: 10_000,
		},
	],
};
