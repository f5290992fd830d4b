import { basename } from "node:path";

/** What a process knows of itself when it starts. */
export interface Start {
	/** Its main module, if it has one. */
	readonly main: string | undefined;
	/** The flags of Node.js. */
	readonly flags: readonly string[];
	readonly env: Readonly<Record<string, string | undefined>>;
}

/** Commands that only start and watch other programs, package managers, and test runners. Their files have no ending, unlike a program's `tap.js`. */
const COMMANDS = new Set([
	...["npm", "npx", "pnpm", "pnpx", "yarn", "yarnpkg", "corepack"],
	...[
		"pm2",
		"pm2-runtime",
		"pm2-dev",
		"pm2-docker",
		"nodemon",
		"forever",
		"tsx",
		"ts-node-dev",
		"tsnd",
		"concurrently",
	],
	...["jest", "vitest", "mocha", "ava", "playwright", "cypress", "tap", "c8", "nyc"],
]);

/** The same by their packages: the processes that they start for themselves, such as PM2's daemon and the workers of a test runner. */
const PACKAGES =
	/[\\/]node_modules[\\/](npm|pnpm|yarn|corepack|pm2|nodemon|forever|forever-monitor|ts-node-dev|concurrently|jest[\w-]*|vitest|tinypool|mocha|ava|playwright|playwright-core|cypress|tap|c8|nyc)[\\/]|[\\/]tsx[\\/]dist[\\/]cli\.|[\\/]\.yarn[\\/]releases[\\/]/;

/** PM2 loads the program in these. */
const PM2_CONTAINER = /^ProcessContainer(Fork)?(Bun)?\.[cm]?js$/;

/** The names of test files that `node --test` looks for. */
const TEST_FILE = /[.\-_]test\.[cm]?[jt]s$|^test(-.*)?\.[cm]?[jt]s$/;

/**
 * Returns true in a process that is not the program itself, although it gets the same environment: package managers, supervisors, test
 * runners and test files. A supervisor must hear its signals at once, as it tells its own processes.
 */
export function standsAside({ main, flags, env }: Start): boolean {
	if (flags.some((flag) => /^--(test|watch(-path)?)(=|$)/.test(flag))) return true;
	if (main === undefined) return false;
	const file = basename(main);
	if (PM2_CONTAINER.test(file)) return false;
	if (env.NODE_TEST_CONTEXT !== undefined && TEST_FILE.test(file)) return true;
	return COMMANDS.has(file) || PACKAGES.test(main);
}
