module.exports = { options: { tsPreCompilationDeps: true, parser: "swc", doNotFollow: { path: "node_modules" } } };
