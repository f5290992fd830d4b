export default {
	output: "standalone",
	// Or a lockfile in a folder above is taken for the root of the project.
	outputFileTracingRoot: import.meta.dirname,
};
