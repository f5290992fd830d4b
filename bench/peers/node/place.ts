/** Where a peer listens. */
export const place: { readonly host: string; readonly port: number } = {
	host: "127.0.0.1",
	port: Number(process.env.PORT),
};

/** The time limit of libraries that have one: less than the drill's grace period, as their documentation asks for. */
export const LIMIT_MS = 4_000;
