import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { type Drilled, drillCli } from "../support/drill-cli.ts";

/** Programs of `npm run auto` that need no dependencies beyond those of this repository. */
interface Program {
	/** Its folder in bench/programs. */
	readonly name: string;
	readonly drill: readonly string[];
	/** The drill's words for how it ends. */
	readonly end: "code 0" | "by the signal";
}

const HTTP = ["--load", "back-to-back,connections=8", "--load", "pausing,connections=50", "--load", "new-connections"];
const PROGRAMS: readonly Program[] = [
	{ name: "hapi", end: "code 0", drill: HTTP },
	{
		name: "apollo",
		// It sends itself the signal again when it has stopped.
		end: "by the signal",
		drill: [...HTTP, "-X", "POST", "--body", '{"query":"{books{title}}"}', "-H", "content-type: application/json"],
	},
	// Not faster: a client that a busy machine keeps from reading for one pause sends its next message after the close frame has come.
	{ name: "ws", end: "code 0", drill: ["--load", "websocket,connections=16,message=hello,every=100"] },
	{
		name: "grpc",
		end: "code 0",
		drill: [
			...["--path", "/helloworld.Greeter/SayHello", "--body", `@${file("grpc/hello.bin")}`],
			...["-H", "content-type: application/grpc", "-H", "te: trailers", "--load", "http2,streams=4"],
		],
	},
];

function file(path: string): string {
	return fileURLToPath(new URL(`../../../../../bench/programs/${path}`, import.meta.url));
}

function drill(t: TestContext, { name, drill }: Program, variables: readonly string[]): Promise<Drilled> {
	return drillCli(t, drill, ["env", ...variables, process.execPath, file(`${name}/server.js`)]);
}

for (const program of PROGRAMS) {
	void describe(`bench/programs/${program.name}, which knows nothing of lastcall`, () => {
		void it("loses no request with the flag, and ends as it does by itself", async (t) => {
			const flag = `NODE_OPTIONS=--import ${import.meta.resolve("lastcall/auto")}`;
			const { exit, tally, reasons, output } = await drill(t, program, [flag]);
			t.diagnostic(`${program.name}: ${tally.lost} of ${tally.total} lost`);
			assert.equal(tally.lost, 0, output);
			assert.ok(tally.answered >= 16, output);
			assert.equal(exit, 0, output);
			assert.equal(reasons.includes("ended-by-signal"), program.end === "by the signal", output);
		});

		void it("negative control: loses requests without it", async (t) => {
			const { exit, tally, output } = await drill(t, program, []);
			t.diagnostic(`${program.name} as it is: ${tally.lost} of ${tally.total} lost`);
			assert.ok(tally.lost > 0, output);
			assert.equal(exit, 1, output);
		});
	});
}
