import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { shadowWrite } from "#src/process/shadow-write.js";

/** A stream, and what has happened to it, in order. */
function watched() {
	const seen: string[] = [];
	const stream = new PassThrough().on("data", (chunk: Buffer) => seen.push(`wrote ${chunk}`));
	const end = shadowWrite(stream as unknown as NodeJS.WriteStream, (text) => seen.push(`before ${text}`));
	return { seen, stream, end };
}

test("a text is seen before it is written, whatever its type and the arguments after it", async () => {
	const { seen, stream } = watched();
	stream.write("one");
	stream.write(Buffer.from("two"));
	stream.write("dGhyZWU=", "base64");
	await new Promise<unknown>((resolve) => stream.write(new Uint8Array([52]) as Buffer, "utf8", resolve));
	assert.deepEqual(
		seen.filter((line) => line.startsWith("wrote")),
		["wrote one", "wrote two", "wrote three", "wrote 4"],
	);
	assert.equal(seen[0], "before one");
	assert.deepEqual(
		seen.filter((line) => line.startsWith("before")),
		["before one", "before two", "before dGhyZWU=", "before 4"],
	);
});

test("the stream has its own write back, that of its class or one of its own", () => {
	const { stream, end } = watched();
	end();
	assert.ok(!Object.hasOwn(stream, "write"));
	const own = (): boolean => true;
	stream.write = own;
	shadowWrite(stream as unknown as NodeJS.WriteStream, () => {})();
	assert.equal(stream.write, own);
});

test("a shadow that the program has put on top stays, and goes on working", () => {
	const { seen, stream, end } = watched();
	const { write } = stream;
	const top = (text: string): boolean => Reflect.apply(write, stream, [`${text}!`]);
	stream.write = top as typeof stream.write;
	end();
	assert.equal(stream.write, top);
	stream.write("one");
	stream.read();
	assert.deepEqual(seen, ["wrote one!"]);
});
