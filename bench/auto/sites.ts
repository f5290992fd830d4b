import type { Program } from "./program.ts";

const NEXT = "examples/next";

/** Frameworks of web sites, each with the server that its build makes. */
export const SITES: readonly Program[] = [
	{
		name: "next",
		title: "Next.js, standalone",
		package: "next",
		copies: [`${NEXT}/app`, `${NEXT}/next.config.js`],
		command: ["node", ".next/standalone/server.js"],
		env: { HOSTNAME: "127.0.0.1" },
	},
	{
		name: "nuxt",
		title: "Nuxt, node-server",
		package: "nuxt",
		copies: ["examples/nuxt/nuxt.config.js", "examples/nuxt/app"],
		command: ["node", ".output/server/index.mjs"],
		env: { NITRO_PRESET: "node-server" },
	},
	{
		name: "astro",
		title: "Astro, standalone",
		package: "astro",
		copies: ["examples/astro/astro.config.js", "examples/astro/src"],
		command: ["node", "dist/server/entry.mjs"],
		env: { ASTRO_MODE: "standalone", HOST: "127.0.0.1" },
	},
	{
		name: "react-router",
		title: "React Router, react-router-serve",
		package: "@react-router/serve",
		copies: [
			"examples/react-router/app",
			"examples/react-router/react-router.config.js",
			"examples/react-router/vite.config.js",
		],
		command: ["react-router-serve", "build/server/index.js"],
	},
	{
		name: "sveltekit",
		title: "SvelteKit, adapter-node",
		package: "@sveltejs/kit",
		copies: ["examples/sveltekit/src", "examples/sveltekit/vite.config.js"],
		command: ["node", "build"],
	},
	{
		name: "nitro",
		title: "Nitro, node-server",
		package: "nitropack",
		command: ["node", ".output/server/index.mjs"],
	},
];
