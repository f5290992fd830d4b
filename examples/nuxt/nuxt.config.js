export default defineNuxtConfig({
	compatibilityDate: "2026-01-01",
	telemetry: false,
	// A request listener in place of a server of its own, which would serve the assets by default.
	nitro: { preset: process.env.NITRO_PRESET ?? "node-listener", serveStatic: true },
});
