import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { parseCommandLine } from "#src/options/command-line.js";
import type { DrillOptions } from "#src/options/drill-options.js";
import { readOptions } from "#src/options/read-options.js";
import { UsageError } from "#src/options/usage-error.js";

const folder = mkdtempSync(join(tmpdir(), "drill-options-"));
after(() => rmSync(folder, { recursive: true }));

function read(...words: string[]): DrillOptions {
	const parsed = parseCommandLine(words, "1.2.3");
	assert.ok("drill" in parsed);
	return readOptions(parsed.drill);
}

function printed(...words: string[]): string {
	const parsed = parseCommandLine(words, "1.2.3");
	assert.ok("print" in parsed);
	return parsed.print;
}

function config(content: unknown): string {
	const file = join(folder, "drill.json");
	writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
	return file;
}

function refused(words: readonly string[], message: RegExp): void {
	assert.throws(
		() => read(...words),
		(error) => error instanceof UsageError && message.test(error.message),
		words.join(" "),
	);
}

describe("options", () => {
	it("have their defaults", () => {
		const { seed, load, ...options } = read("--", "node", "server.js");
		assert.ok(Number.isSafeInteger(seed));
		assert.deepEqual(
			load.map(({ kind }) => kind),
			["back-to-back", "pausing", "new-connections"],
		);
		assert.deepEqual(options, {
			command: ["node", "server.js"],
			ready: 30_000,
			header: {},
			insecure: false,
			signal: "SIGTERM",
			group: false,
			twice: false,
			rounds: 1,
			grace: 10_000,
			maxLost: 0,
			maxErrors: 50,
			verbose: false,
			quiet: false,
		});
	});

	it("leave the command's own flags to the command, with and without --", () => {
		assert.deepEqual(read("-r", "2", "--", "node", "-v", "--rounds", "x").command, ["node", "-v", "--rounds", "x"]);
		assert.deepEqual(read("-r", "2", "node", "--rounds", "x").command, ["node", "--rounds", "x"]);
	});

	it("take times with a unit, headers, bodies, exit codes, signals", () => {
		const body = join(folder, "body.txt");
		writeFileSync(body, "from a file");
		const options = read(
			...[
				"--grace",
				"1.5s",
				"--idle-timeout",
				"1m",
				"-H",
				"Accept: text/html",
				"-H",
				"x: a: b",
				"-d",
				`@${body}`,
				"--exit-code",
				"0,143",
			],
			...["-s", "int", "--", "x"],
		);
		assert.equal(options.grace, 1_500);
		assert.equal(options.idleTimeout, 60_000);
		assert.deepEqual(options.header, { Accept: "text/html", x: "a: b" });
		assert.equal(String(options.body), "from a file");
		assert.deepEqual(options.exitCode, [0, 143]);
		assert.equal(options.signal, "SIGINT");
	});

	it("make loads of specs, give them --connections, and make --rate a load", () => {
		const words = ["-l", "pausing,pause=1s,path=/a?b=c", "-l", "upload,connections=3", "-c", "7"];
		assert.deepEqual(read(...words, "--", "x").load, [
			{ kind: "pausing", pause: 1_000, path: "/a?b=c", connections: 7 },
			{ kind: "upload", connections: 3 },
		]);
		assert.deepEqual(read("-l", "event-stream,events=40,until=[DONE]", "-l", "http2,events=2", "--", "x").load, [
			{ kind: "event-stream", events: 40, until: "[DONE]" },
			{ kind: "http2", events: 2 },
		]);
		assert.deepEqual(
			read("-c", "7", "--", "x").load.map(({ connections }) => connections),
			[7, 7, 7],
		);
		assert.deepEqual(read("--rate", "50", "--", "x").load, [{ kind: "rate", rate: 50 }]);
		assert.deepEqual(read("--rate", "50", "-l", "silent", "--", "x").load, [
			{ kind: "silent" },
			{ kind: "rate", rate: 50 },
		]);
	});

	it("come from a config file too, and flags override it", () => {
		const file = config({
			command: ["a", "b"],
			rounds: 3,
			grace: "2s",
			load: [{ kind: "silent", connections: 2 }, "rate"],
		});
		const options = read("--config", file, "--rounds", "4");
		assert.deepEqual(options.command, ["a", "b"]);
		assert.equal(options.rounds, 4);
		assert.equal(options.grace, 2_000);
		assert.deepEqual(options.load, [{ kind: "silent", connections: 2 }, { kind: "rate" }]);
		assert.deepEqual(read("--config", file, "--", "c").command, ["c"]);
	});

	it("are refused if they are wrong: the error names the option, the value and what was wanted", () => {
		refused(["--nope", "--", "x"], /unknown option '--nope'/);
		refused(["--round", "2", "--", "x"], /Did you mean --rounds/);
		refused(["--rounds", "0", "--", "x"], /^--rounds: wanted a whole number from 1 to 10000, got "0"$/);
		refused(["--grace", "soon", "--", "x"], /^--grace: wanted a time such as .*, got "soon"$/);
		refused(["--grace", "25h", "--", "x"], /^--grace: wanted a time/);
		refused(["--url", "ftp://x", "--", "x"], /^--url: wanted a URL such as .*, got "ftp:\/\/x"$/);
		refused(["--signal", "KILL", "--", "x"], /^--signal: wanted a signal that can be handled.*got "KILL"$/);
		refused(["-X", "GET /", "--", "x"], /^--method: wanted an HTTP method such as GET, .*got "GET \/"$/);
		refused(["-X", "connect", "--", "x"], /^--method: wanted an HTTP method .*, and not CONNECT, got "connect"$/);
		refused(["-H", "nonsense", "--", "x"], /^--header: wanted a header such as .*, got "nonsense"$/);
		refused(["--url", "http://h:0/", "--", "x"], /^--url: wanted a URL such as .*, got "http:\/\/h:0\/"$/);
		refused(["--url", "http://:pw@h/", "--", "x"], /^--url: wanted a URL without user and password/);
		refused(["--pid", "4294967297"], /^--pid: wanted a whole number from 1 to 2147483647/);
		refused(["--pid", String(process.pid)], /^--pid: \d+ is the drill itself$/);
		refused(["--", ""], /^the command: wanted the name of a program, got ""$/);
		refused(["--ca", config("nonsense"), "--", "x"], /^--ca: wanted a file of certificates in PEM, got /);
		refused(["-d", "@/no/such", "--", "x"], /^--body: can't read "\/no\/such" \(ENOENT\)$/);
		refused(["--exit-code", "0,999", "--", "x"], /^--exit-code: wanted a whole number from 0 to 255, got "999"$/);
		refused(["-l", "hammer", "--", "x"], /^--load: unknown load "hammer"; there are back-to-back, /);
		refused(["-l", "silent,depth=4", "--", "x"], /^--load: silent has no setting "depth"; it has connections$/);
		refused(["-l", "pausing,pause", "--", "x"], /^--load: wanted setting=value after "pausing", got "pause"$/);
		refused(
			["-l", "pausing,path=a", "--", "x"],
			/^--load pausing,path: wanted a path that begins with \/ .*, got "a"$/,
		);
		refused(["-l", "pausing,path=/a\nb", "--", "x"], /^--load pausing,path: wanted a path that begins with \/ /);
		refused(["-l", "pausing,connections=0", "--", "x"], /^--load pausing,connections: wanted a whole number from 1 /);
	});

	it("add to a header that is given again", () => {
		const words = ["-H", "Accept: a", "-H", "cookie: x=1", "-H", "accept:b ", "-H", "cookie: y=2"];
		assert.deepEqual(read(...words, "--", "x").header, { Accept: "a, b", cookie: "x=1; y=2" });
		const file = config({ header: { A: "1", a: "2" } });
		assert.deepEqual(read("--config", file, "--", "x").header, { A: "1, 2" });
	});

	it("take the path that is asked for, also for a URL without one", () => {
		assert.equal(read("--path", "/api?x=ä,b", "--", "x").path, "/api?x=%C3%A4,b");
		const { url } = read("--url", "http://h:81", "-p", "//a/b", "--stop-command", "x");
		assert.equal(url?.href, "http://h:81//a/b");
		refused(["--path", "api", "--", "x"], /^--path: wanted a path that begins with \/ and has no #, got "api"$/);
		refused(["--path", "/a", "--url", "http://h/b?c", "--", "x"], /^--path: --url has a path too, "\/b\?c": give one /);
	});

	it("encode a path as that of a URL is", () => {
		const [load] = read("-l", "rate,path=//ä b?c=ö", "--", "x").load;
		assert.equal(load?.path, "//%C3%A4%20b?c=%C3%B6");
	});

	it("make a pause no shorter than a timer can be", () => {
		const loads = ["0", "0.4", "2.6"].flatMap((every) => ["-l", `websocket,message=a,every=${every}`]);
		assert.deepEqual(
			read(...loads, "--", "x").load.map(({ every }) => every),
			[1, 1, 3],
		);
	});

	for (const [kind, sent, ...refusedHere] of [
		[
			"back-to-back",
			["te: gzip", "connection: close", "upgrade: h2c", "expect: 100-continue", "trailer: x", "constructor: x"],
		],
		["pipelined", ["connection: keep-alive"], "connection: close"],
		[
			"http2",
			["te: trailers", "trailer: x", "host: a.test:1"],
			...["te: gzip", "connection: close", "keep-alive: 5", "proxy-connection: x", "upgrade: h2c", "http2-settings: x"],
		],
		[
			"websocket",
			["te: trailers", "sec-websocket-protocol: a, b"],
			...["connection: close", "upgrade: h2c", "sec-websocket-key: x", "sec-websocket-version: 8", "trailer: x"],
			...["sec-websocket-extensions: x", "sec-websocket-protocol: a, a", "sec-websocket-protocol: a b"],
		],
		["event-stream", ["te: trailers", "accept: text/event-stream"]],
	] as const) {
		it(`refuse a header that the load ${kind} can't send, and no other`, () => {
			for (const header of sent) read("-l", kind, "-H", header, "--", "x");
			const nowhere = [
				"content-length: 5",
				"transfer-encoding: chunked",
				"x-request-id: a",
				"Host: a b",
				"a(b: c",
				"x: ✓",
			];
			for (const header of [...nowhere, ...refusedHere]) {
				const text = header.replace(/[()]/g, "\\$&");
				const message = new RegExp(`^--header: "${text}" can't be sent by the load ${kind}: .`);
				refused(["-l", kind, "-H", header, "--", "x"], message);
			}
		});
	}

	it("refuse a body that a load can't send in two pieces", () => {
		refused(["-l", "upload", "-d", "x", "--", "x"], /^--body: the load upload wants at least 2 bytes, got 1$/);
		read("-l", "upload", "-d", "xy", "-l", "back-to-back", "--", "x");
	});

	it("are refused if they conflict", () => {
		refused([], /^nothing to drill/);
		refused(["--pid", "1", "--", "x"], /^a command after -- and --pid are different targets: give one of them$/);
		refused(["--pid", "1", "--rounds", "2"], /^--rounds: wanted 1, since a --pid can be stopped only once, got 2$/);
		refused(["--stop-command", "x"], /^--stop-command: needs --url/);
		refused(
			["--stop-command", "x", "--url", "http://h", "--twice"],
			/^--twice: applies to signals, and --stop-command sends none$/,
		);
	});

	it("of a config file are refused, with the file's name", () => {
		refused(["--config", join(folder, "none.json")], /^--config: can't read ".*none\.json" as JSON/);
		refused(["--config", config("{")], /^--config: can't read .* as JSON/);
		refused(["--config", config([1])], /wanted an object of options, got \[1\]$/);
		refused(["--config", config({ round: 3 })], /unknown option "round"; there are command, /);
		refused(["--config", config({ rounds: "many" })], /^rounds in .*drill\.json: wanted a whole number/);
		refused(["--config", config({ command: "node x" })], /^command in .*: wanted a list of words, got "node x"$/);
		refused(["--config", config({ load: [7] }), "--", "x"], /^load in .*: wanted a load such as .*, got 7$/);
		refused(["--config", config({ load: null }), "--", "x"], /^load in .*: wanted a load such as .*, got null$/);
		refused(
			["--config", config({ load: [{ connections: 2 }] }), "--", "x"],
			/^load in .*: a load needs a kind; there are /,
		);
		refused(["--config", config({ header: ["x"] }), "--", "x"], /^header in .*: wanted a header such as .*, got "x"$/);
		refused(["--config", config({ exitCode: [1, 256] }), "--", "x"], /^exitCode in .* from 0 to 255, got 256$/);
		refused(
			["--config", config({ header: { a: 1 } }), "--", "x"],
			/^header in .*: wanted an object of header names and values, got 1$/,
		);
		refused(["--config", config({ header: { "a\nb": "c" } }), "--", "x"], /^--header: "a\\nb: c" can't be sent by /);
		refused(["--config", config({ header: { a: "b\r\nc" } }), "--", "x"], /^--header: "a: b\\r\\nc" can't be sent by /);
		refused(["--config", config({ load: [] }), "--", "x"], /^load in .*: wanted at least one load, got \[\]$/);
		refused(["--config", config({ exitCode: [] }), "--", "x"], /^exitCode in .*: wanted at least one exit code/);
		refused(["--config", config({ json: "a\0b" }), "--", "x"], /^json in .*: wanted some text/);
		refused(["--config", config({ twice: "yes" }), "--", "x"], /^twice in .*: wanted true or false, got "yes"$/);
	});

	it("are explained on one screen", () => {
		const help = printed("--help");
		assert.ok(help.split("\n").length <= 60, `${help.split("\n").length} lines`);
		assert.ok(
			help.split("\n").every((line) => line.length <= 100),
			help,
		);
		assert.match(help, /--max-lost <n> .*\(default: 0\)/);
		assert.equal(printed("--version"), "1.2.3\n");
		assert.match(printed("--list-loads"), /^pausing .*path, connections, pause$/m);
	});
});
