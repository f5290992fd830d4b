import type { BunServer, DenoServer } from "lastcall";
import { answer } from "./answer.ts";

type Handler = (request: Request) => Promise<Response>;

type OnBun = BunServer & { readonly port: number };
type OnDeno = DenoServer & { readonly addr: { readonly port: number } };

/** The two runtimes' own servers: `Bun.serve` and `Deno.serve`. */
const { Bun, Deno } = globalThis as {
	Bun?: { serve(options: { port: number; hostname: string; fetch: Handler }): OnBun };
	Deno?: { serve(options: { port: number; hostname: string; onListen(): void }, handler: Handler): OnDeno };
};

async function handle(request: Request): Promise<Response> {
	const { byteLength } = await request.arrayBuffer();
	return new Response(await answer(new URL(request.url).pathname, byteLength));
}

/** Serves with the runtime's own server. */
export function serve(port: number): OnBun | OnDeno {
	const where = { port, hostname: "127.0.0.1" };
	if (Bun !== undefined) return Bun.serve({ ...where, fetch: handle });
	if (Deno !== undefined) return Deno.serve({ ...where, onListen: () => {} }, handle);
	throw new Error("neither Bun nor Deno");
}
