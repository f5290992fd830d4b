// `node --expose-gc import-cost.js SPECIFIER…`: what the import of packages costs, once `node:http` is loaded.
import "node:http";
import module from "node:module";

let modules = 0;
if (process.env.COUNT_MODULES) {
	module.registerHooks({
		load(url, context, next) {
			if (url.startsWith("file:")) modules++;
			return next(url, context);
		},
	});
}
globalThis.gc?.();
const heap = process.memoryUsage().heapUsed;
const cpu = process.cpuUsage();
for (const specifier of process.argv.slice(2)) await import(specifier);
const { user, system } = process.cpuUsage(cpu);
globalThis.gc?.();
console.log(JSON.stringify({ cpuMs: (user + system) / 1_000, bytes: process.memoryUsage().heapUsed - heap, modules }));
process.exit();
