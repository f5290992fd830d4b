export default defineNuxtConfig({
	compatibilityDate: "2026-01-01",
	telemetry: false,
	// A request listener in place of a server of its own; such a one serves the assets only if it is told to.
	nitro: { preset: process.env.NITRO_PRESET ?? "node-listener", serveStatic: true },
});
