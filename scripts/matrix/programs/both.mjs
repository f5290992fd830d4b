// Loads lastcall by `import` and by `require`: both must have the same state.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import * as imported from "lastcall";
import * as importedKit from "lastcall/testing";

const require = createRequire(import.meta.url);
const required = require("lastcall");
assert.equal(imported.StoppedError, required.StoppedError);
assert.equal(importedKit.TestService, require("lastcall/testing").TestService);

const server = createServer();
const one = imported.createService({ log: false });
await one.start((service) => service.listen("one", server, 0));
const two = required.createService({ log: false });
await assert.rejects(
	two.start((service) => service.serve("two", server)),
	/"two": this server is served already, as "one"/,
);
const { ok } = await one.stop();
assert.equal(ok, true);
assert.ok(one.drainSignal.reason instanceof required.StoppedError);
