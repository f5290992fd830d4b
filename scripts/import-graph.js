// `npm run graph`: the rooms of both packages (a folder, or a file at the top), what each imports, and what runs in a circle.
// Type imports count. `.dependency-cruiser.cjs` says which imports are allowed; `npm run lint` holds it.
import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

for (const source of ["packages/lastcall/src", "packages/drill/src"]) {
	const files = filesOf(source);
	const rooms = roomsOf(files, source);
	const arrows = [...rooms.values()].reduce((sum, imported) => sum + imported.size, 0);
	console.log(`${source}: ${files.size} files, ${rooms.size} rooms, ${arrows} arrows`);
	for (const [room, imported] of [...rooms].sort(([a], [b]) => a.localeCompare(b))) {
		console.log(`  ${room} ─▶ ${[...imported].sort().join(", ") || "nothing"}`);
	}
	console.log(`  circles of rooms: ${circles(rooms).join("; ") || "none"}`);
	console.log(`  circles of files: ${circles(files).join("; ") || "none"}`);
}

/**
 * @param {string} source
 * @returns {Map<string, Set<string>>} each file, and the files that it imports
 */
function filesOf(source) {
	const args = ["depcruise", "--output-type", "json", source];
	const { modules } = JSON.parse(execFileSync("npx", args, { cwd: root, encoding: "utf8", maxBuffer: 1e9 }));
	return new Map(
		modules
			.filter((/** @type {{ source: string }} */ module) => module.source.startsWith(`${source}/`))
			.map((/** @type {{ source: string, dependencies: { resolved: string }[] }} */ module) => [
				module.source,
				new Set(module.dependencies.map(({ resolved }) => resolved).filter((file) => file.startsWith(`${source}/`))),
			]),
	);
}

/**
 * @param {Map<string, Set<string>>} files
 * @param {string} source
 */
function roomsOf(files, source) {
	const roomOf = (/** @type {string} */ file) => {
		const path = file.slice(source.length + 1);
		return path.includes("/") ? dirname(path) : path;
	};
	/** @type {Map<string, Set<string>>} */
	const rooms = new Map();
	for (const [file, imported] of files) {
		const room = rooms.get(roomOf(file)) ?? new Set();
		for (const other of imported) if (roomOf(other) !== roomOf(file)) room.add(roomOf(other));
		rooms.set(roomOf(file), room);
	}
	return rooms;
}

/**
 * Tarjan's strongly connected components, of those with more than one member.
 * @param {Map<string, Set<string>>} graph
 */
function circles(graph) {
	/** @type {Map<string, number>} */
	const indexes = new Map();
	/** @type {Map<string, number>} */
	const lows = new Map();
	/** @type {string[]} */
	const stack = [];
	/** @type {string[]} */
	const found = [];
	const visit = (/** @type {string} */ node) => {
		indexes.set(node, indexes.size);
		lows.set(node, indexes.size - 1);
		stack.push(node);
		for (const next of graph.get(node) ?? []) {
			if (!indexes.has(next)) visit(next);
			if (stack.includes(next)) lows.set(node, Math.min(lows.get(node) ?? 0, lows.get(next) ?? 0));
		}
		if (lows.get(node) !== indexes.get(node)) return;
		const members = stack.splice(stack.indexOf(node));
		if (members.length > 1) found.push(members.sort().join(" + "));
	};
	for (const node of graph.keys()) if (!indexes.has(node)) visit(node);
	return found;
}
