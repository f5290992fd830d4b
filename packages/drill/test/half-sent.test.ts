import assert from "node:assert/strict";
import { test } from "node:test";
import type { RawConnection } from "#src/wire/raw-connection.js";
import { exchange, outcomes } from "./support/exchange.ts";
import { answer, rawServer } from "./support/raw-server.ts";

test("a request half sent whose complete response arrived is answered", async () => {
	const server = await rawServer(({ socket }) => socket.end(answer("early", "connection: close")));
	const result = await exchange(server.target, { method: "POST", contentLength: 1000 });
	await server.close();
	assert.deepEqual(outcomes(result), ["answered"]);
});

test("a body that is sent in pieces arrives whole", async () => {
	let connection: RawConnection | undefined;
	const server = await rawServer(({ socket }) => {
		let body = "";
		socket.on("data", (bytes) => {
			body += bytes.toString("latin1");
			if (body.endsWith("half ")) connection?.write("and rest");
			if (body.endsWith("rest")) socket.write(answer(body.slice(body.indexOf("half"))));
		});
		connection?.write("half ");
	});
	const result = await exchange(server.target, {
		method: "POST",
		contentLength: 13,
		expectBytes: 13,
		opened: (opened) => {
			connection = opened;
		},
	});
	await server.close();
	assert.deepEqual(outcomes(result), ["answered"]);
});

/** The response is in the receive buffer, the connection is reset, and only then the client goes on writing. */
async function writeAfterReset(text: string) {
	let connection: RawConnection | undefined;
	const server = await rawServer(({ socket }) => {
		socket.write(text, () => socket.resetAndDestroy());
		socket.once("close", () => connection?.write("more", () => connection?.resumeReading()));
	});
	const result = await exchange(server.target, {
		method: "POST",
		contentLength: 1000,
		opened: (opened) => {
			connection = opened;
			opened.pauseReading();
		},
	});
	await server.close();
	return result;
}

test("a failed write does not destroy a response that has arrived", async () => {
	const result = await writeAfterReset(answer("early"));
	assert.deepEqual(outcomes(result), ["answered"]);
	assert.equal(result.end.how, "reset");
});

test("after a failed write nothing is taken for a clean end", async () => {
	assert.deepEqual(outcomes(await writeAfterReset("")), ["reset"]);
	assert.deepEqual(outcomes(await writeAfterReset("HTTP/1.1 200 OK\r\n\r\nuntil FIN")), ["cut"]);
});
