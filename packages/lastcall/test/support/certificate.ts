import { generate } from "selfsigned";

const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], { keySize: 2048 });

/** What `https.createServer` and `tls.createServer` need. */
export const certificate: { readonly key: string; readonly cert: string } = { key, cert };
