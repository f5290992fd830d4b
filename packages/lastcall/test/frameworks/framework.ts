import { fileURLToPath } from "node:url";

/** A framework and its examples: `examples/<name>.ts`, and `examples/without-lastcall/<name>.ts`, which stops in the framework's way. */
export interface Framework {
	readonly name: string;
	/** The path that is answered at once. */
	readonly hello: string;
	/** The responses to `hello`, `/report` and an upload to `/orders`. */
	readonly responses: { readonly hello: string; readonly report: string; readonly orders: string };
	/** What its shutdown hooks and closers print, in the right order. */
	readonly hooks: readonly string[];
}

/** How many bytes the test uploads. */
export const UPLOAD_BYTES = 1_000;

function framework(name: string, more: Partial<Framework> = {}): Framework {
	const responses = { hello: "200 Hello\n", report: '200 {"sold":42}', orders: `201 {"bytes":${UPLOAD_BYTES}}` };
	return { name, hello: "/", responses, hooks: ["database closed"], ...more };
}

export const frameworks: readonly Framework[] = [
	framework("express"),
	framework("fastify"),
	framework("koa"),
	framework("hono"),
	framework("h3"),
	framework("nest", { hooks: ["shop closed", "last words written", "database closed"] }),
	framework("trpc", {
		hello: "/hello",
		responses: {
			hello: '200 {"result":{"data":"Hello\\n"}}',
			report: '200 {"result":{"data":{"sold":42}}}',
			orders: `200 {"result":{"data":{"bytes":${UPLOAD_BYTES}}}}`,
		},
	}),
];

/** The compiled file of an example. */
export function example(name: string): string {
	return fileURLToPath(new URL(`../../../../../examples/dist/${name}.js`, import.meta.url));
}
