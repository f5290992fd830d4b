import { generate } from "selfsigned";

/** A self-signed certificate for 127.0.0.1, which is its own CA. */
export const certificate = await generate([{ name: "commonName", value: "drill" }], {
	extensions: [
		{ name: "basicConstraints", cA: true },
		{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
	],
});
