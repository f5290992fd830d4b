import type { Program } from "./program.ts";

const PM2 = { folder: "pm2", package: "pm2", command: ["pm2-runtime", "start", "ecosystem.config.cjs"] } as const;

/** The same small server under PM2, which starts it again unless it is stopped by PM2. */
export const MANAGED: readonly Program[] = [
	{ ...PM2, name: "pm2-fork", title: "pm2-runtime, fork", env: { PM2_MODE: "fork" } },
	{ ...PM2, name: "pm2-cluster", title: "pm2-runtime, cluster of 2", env: { PM2_MODE: "cluster" } },
	{
		...PM2,
		name: "pm2-fork-node-args",
		title: "pm2-runtime, fork, the flag in `node_args`",
		env: { PM2_MODE: "fork" },
		flagVariable: "PM2_NODE_ARGS",
	},
	{
		...PM2,
		name: "pm2-cluster-node-args",
		title: "pm2-runtime, cluster of 2, the flag in `node_args`",
		env: { PM2_MODE: "cluster" },
		flagVariable: "PM2_NODE_ARGS",
	},
];
