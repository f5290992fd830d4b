export default {
	output: "standalone",
	// Without this, a lockfile in a folder above makes that the root of the project.
	outputFileTracingRoot: import.meta.dirname,
};
