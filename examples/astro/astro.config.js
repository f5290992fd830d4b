import node from "@astrojs/node";
import { defineConfig } from "astro/config";

export default defineConfig({
	output: "server",
	// A request listener, in place of a server of its own.
	adapter: node({ mode: process.env.ASTRO_MODE ?? "middleware" }),
});
