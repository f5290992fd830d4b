import { shadowMethod } from "../core/shadow-method.ts";

/**
 * Calls `before` with each text that is written to a stream, before it is written. It shadows `write` on this one stream, until the
 * returned function is called. If another shadow is on top of it by then, it only passes texts on.
 */
export function shadowWrite(stream: NodeJS.WriteStream, before: (text: string) => void): () => void {
	const { write } = stream;
	let isOn = true;
	const shadow = (...args: Parameters<typeof write>): boolean => {
		const [text] = args;
		if (isOn) before(typeof text === "string" ? text : Buffer.from(text).toString("latin1"));
		return Reflect.apply(write, stream, args);
	};
	const restore = shadowMethod(stream, "write", shadow);
	return () => {
		isOn = false;
		restore();
	};
}
