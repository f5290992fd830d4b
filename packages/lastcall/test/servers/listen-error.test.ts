import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ListenOptions } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { createService } from "lastcall";
import { isExpected } from "#src/core/expected-error.js";
import { explainListenError } from "#src/servers/listen-error.js";

type Fields = Partial<Record<"code" | "syscall" | "address" | "port" | "hostname", unknown>>;

const explained = (fields: Fields): Error =>
	explainListenError("http", Object.assign(new Error("listen as Node.js says it"), { syscall: "listen", ...fields }));

describe("an error of listening says what is wrong and what to do", () => {
	const cases: readonly [Fields, string][] = [
		[
			{ code: "EADDRINUSE", address: "::", port: 8080 },
			'port 8080: it is already in use (EADDRINUSE); end the process that uses it ("lsof -i :8080" shows it), or choose another port',
		],
		[
			// Of a cluster worker.
			{ code: "EADDRINUSE", syscall: "bind", address: null, port: 8080 },
			'port 8080: it is already in use (EADDRINUSE); end the process that uses it ("lsof -i :8080" shows it), or choose another port',
		],
		[
			{ code: "EADDRINUSE", address: "/run/app.sock", port: -1 },
			"/run/app.sock: it is already in use (EADDRINUSE); end the process that listens on it; " +
				"if there is none, remove the file, which an earlier process has left",
		],
		[
			{ code: "EACCES", address: "0.0.0.0", port: 443 },
			"port 443: ports below 1024 need a privilege (EACCES); choose a higher port, or grant CAP_NET_BIND_SERVICE",
		],
		[{ code: "EACCES", address: "::1", port: 8443 }, "[::1]:8443: permission denied (EACCES); choose another port"],
		[
			{ code: "EACCES", address: join(tmpdir(), "app.sock"), port: -1 },
			`${join(tmpdir(), "app.sock")}: permission denied (EACCES); allow this user to write to ${tmpdir()}, or choose another path`,
		],
		[
			{ code: "EACCES", address: "/no/such/app.sock", port: -1 },
			"/no/such/app.sock: its folder does not exist (EACCES); create /no/such first",
		],
		[
			{ code: "EADDRNOTAVAIL", address: "10.9.8.7", port: 80 },
			'10.9.8.7:80: this machine has no such address (EADDRNOTAVAIL); choose one of its own, or "0.0.0.0" for all',
		],
		[
			{ code: "EAI_AGAIN", syscall: "getaddrinfo", hostname: "shop.test" },
			'shop.test: the host name could not be looked up (EAI_AGAIN); check the DNS, or choose an address such as "0.0.0.0"',
		],
		[
			{ code: "ENOTFOUND", syscall: "getaddrinfo", hostname: "shop.test" },
			'shop.test: the host name is unknown (ENOTFOUND); choose an address of this machine, or "0.0.0.0" for all',
		],
	];
	for (const [fields, text] of cases) {
		it(`${String(fields.code)} of ${String(fields.address ?? fields.hostname)}`, {
			skip: process.platform === "win32",
		}, () => {
			const error = explained(fields);
			assert.equal(error.message, `"http" cannot listen on ${text}`);
			assert.equal(isExpected(error), true);
			assert.deepEqual({ ...error }, { syscall: "listen", ...fields });
		});
	}

	it("but not any other error of a server", () => {
		for (const fields of [
			{ code: "ECONNRESET", syscall: "read" },
			{ code: "EMFILE" },
			{ code: "EINVAL", address: null },
		]) {
			const error = explained(fields);
			assert.equal(error.message, "listen as Node.js says it");
			assert.equal(isExpected(error), false);
		}
	});

	it("and a value that can't be read or changed is returned as it is", () => {
		const { proxy, revoke } = Proxy.revocable({}, {});
		revoke();
		const frozen = Object.freeze({ code: "EADDRINUSE", syscall: "listen" });
		for (const hostile of [proxy, frozen, undefined, null, "taken"]) {
			assert.equal(explainListenError("http", hostile as unknown as Error), hostile);
			assert.equal(isExpected(hostile), false);
		}
	});
});

describe("listen() rejects with the server's own error and that message", {
	skip: process.platform === "win32",
}, () => {
	const rejection = async (t: TestContext, where: ListenOptions): Promise<NodeJS.ErrnoException> => {
		const service = createService({ log: false });
		t.after(() => service.stopNow());
		await service.start();
		const server = createServer();
		const emitted: unknown[] = [];
		server.on("error", (error) => emitted.push(error));
		const error: unknown = await service.listen("tcp", server, where).then(
			() => assert.fail(),
			(error) => error,
		);
		assert.deepEqual(emitted, [error]);
		return error as NodeJS.ErrnoException;
	};

	it("on an address of another machine", async (t) => {
		// TEST-NET-1 of RFC 5737: no machine has it.
		const { code, message } = await rejection(t, { port: 0, host: "192.0.2.1" });
		assert.equal(code, "EADDRNOTAVAIL");
		assert.match(message, /^"tcp" cannot listen on 192\.0\.2\.1: this machine has no such address \(EADDRNOTAVAIL\); /);
	});

	it("on a host name that is unknown, or cannot be looked up", async (t) => {
		const { code, message } = await rejection(t, { port: 0, host: "shop.invalid" });
		assert.match(
			message,
			/^"tcp" cannot listen on shop\.invalid: the host name (is unknown|could not be looked up) \(/,
		);
		assert.match(String(code), /^(ENOTFOUND|EAI_AGAIN)$/);
	});

	it("on a path in a folder that is missing, on one that is taken, and below a file", async (t) => {
		const folder = mkdtempSync(join(tmpdir(), "lastcall-listen-"));
		t.after(() => rmSync(folder, { recursive: true }));
		const file = join(folder, "file");
		writeFileSync(file, "");
		const message = async (path: string): Promise<string> => (await rejection(t, { path })).message;
		assert.match(await message(join(folder, "no/app.sock")), / its folder does not exist .*; create \S+\/no first$/);
		assert.match(await message(file), / it is already in use \(EADDRINUSE\); .* remove the file/);
		assert.match(await message(join(file, "app.sock")), / a part of its folder is a file \(ENOTDIR\); /);
	});

	it("of a server that listens already", async (t) => {
		const service = createService({ log: false });
		t.after(() => service.stopNow());
		const server = createServer().listen(0);
		t.after(() => void server.close());
		await assert.rejects(service.listen("tcp", server, 0), {
			code: "ERR_SERVER_ALREADY_LISTEN",
			message: '"tcp" listens already: pass it to service.serve(), or leave its own listen() out',
		});
	});
});
