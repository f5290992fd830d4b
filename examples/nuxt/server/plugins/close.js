export default defineNitroPlugin(({ hooks }) => {
	hooks.hook("close", () => console.log("database closed"));
	// The preset's own server would run these hooks. Here server.js does.
	globalThis.closeNitro = () => hooks.callHook("close");
});
