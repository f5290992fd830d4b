import type { Program } from "./program.ts";

const SECRET = "not-a-secret-not-a-secret-not-a-secret";

/** Whole applications, with a database in a file. */
export const APPLICATIONS: readonly Program[] = [
	{
		name: "directus",
		title: "Directus, SQLite",
		package: "directus",
		compiles: ["sqlite3", "isolated-vm"],
		command: ["directus", "start"],
		env: {
			HOST: "127.0.0.1",
			SECRET,
			DB_CLIENT: "sqlite3",
			DB_FILENAME: "./data.db",
			ADMIN_EMAIL: "admin@example.com",
			ADMIN_PASSWORD: "not-a-secret",
			TELEMETRY: "false",
			PRESSURE_LIMITER_ENABLED: "false",
		},
		drill: ["--path", "/server/ping"],
	},
	{
		name: "strapi",
		title: "Strapi, SQLite",
		package: "@strapi/strapi",
		compiles: ["better-sqlite3"],
		command: ["strapi", "start"],
		env: { NODE_ENV: "production", STRAPI_TELEMETRY_DISABLED: "true" },
		drill: ["--path", "/api/hello"],
	},
	{
		name: "ghost",
		title: "Ghost, SQLite, the front page",
		// Not a dependency: Ghost's command line unpacks it to this folder too.
		package: "../current",
		compiles: ["better-sqlite3"],
		command: ["node", "current/index.js"],
		env: { NODE_ENV: "production", server__port: "$PORT", url: "http://127.0.0.1:$PORT" },
		drill: ["-c", "8"],
	},
	{
		name: "n8n",
		title: "n8n, SQLite",
		package: "n8n",
		compiles: ["sqlite3", "isolated-vm"],
		command: ["n8n", "start"],
		env: {
			N8N_PORT: "$PORT",
			N8N_LISTEN_ADDRESS: "127.0.0.1",
			N8N_USER_FOLDER: ".",
			N8N_DIAGNOSTICS_ENABLED: "false",
			N8N_VERSION_NOTIFICATIONS_ENABLED: "false",
		},
		drill: ["--path", "/healthz", "-c", "8"],
	},
];
