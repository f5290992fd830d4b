import assert from "node:assert/strict";
import { test } from "node:test";
import { isFromThisMachine } from "#src/health/same-machine.js";

const LOCAL = { headers: { host: "localhost:9090" }, httpVersion: "1.1", socket: { remoteAddress: "127.0.0.1" } };

test("a request from a loopback address or through a Unix socket is from this machine", () => {
	for (const remoteAddress of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", undefined]) {
		assert.equal(isFromThisMachine({ ...LOCAL, socket: { remoteAddress } }), true, remoteAddress);
	}
	for (const remoteAddress of ["10.0.0.7", "172.17.0.1", "2001:db8::1", "::ffff:10.0.0.7", "::", "1127.0.0.1"]) {
		assert.equal(isFromThisMachine({ ...LOCAL, socket: { remoteAddress } }), false, remoteAddress);
	}
});

test("a request for another host name is not from this machine: it may be DNS rebinding, or a proxy", () => {
	for (const host of ["localhost", "LocalHost:1", "127.0.0.1:9090", "127.0.0.1", "[::1]:9090", "[::1]"]) {
		assert.equal(isFromThisMachine({ ...LOCAL, headers: { host } }), true, host);
	}
	for (const host of [
		"evil.example",
		"localhost.evil.example",
		"evil.example:9090",
		"127.0.0.1.evil.example",
		"",
		undefined,
	]) {
		assert.equal(isFromThisMachine({ ...LOCAL, headers: { host } }), false, host);
	}
});

test("a request with a proxy's headers is not from this machine", () => {
	for (const name of [
		"forwarded",
		"via",
		"x-forwarded-for",
		"x-forwarded-proto",
		"x-real-ip",
		"x-client-ip",
		"true-client-ip",
		"cf-connecting-ip",
	]) {
		assert.equal(isFromThisMachine({ ...LOCAL, headers: { ...LOCAL.headers, [name]: "" } }), false, name);
	}
	const headers = { ...LOCAL.headers, "user-agent": "curl/8", accept: "*/*", "accept-encoding": "gzip", forward: "x" };
	assert.equal(isFromThisMachine({ ...LOCAL, headers }), true);
});

test("an HTTP/1.0 request, as nginx sends, is not from this machine", () => {
	assert.equal(isFromThisMachine({ ...LOCAL, httpVersion: "1.0" }), false);
});
