import { generate } from "selfsigned";

/** A certificate for 127.0.0.1, which trusts itself. */
export const certificate = await generate([{ name: "commonName", value: "drill" }], {
	extensions: [
		{ name: "basicConstraints", cA: true },
		{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
	],
});
