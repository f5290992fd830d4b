/** The paths of requests: each makes a handler take time in another way, or be in the middle of something. */
export const PATHS = [
	"/",
	"/later",
	"/computing",
	"/blocking",
	"/held",
	"/begun",
	"/large",
	"/upload",
	"/early",
	"/events",
	"/hang",
] as const;
export type Path = (typeof PATHS)[number];

/** The length of a large response: more than the kernel takes while the client does not read. */
export const LARGE_BYTES = 6_000_000;

/** Returns true if requests for this have a body. */
export function hasBody(path: Path): boolean {
	return path === "/upload" || path === "/early";
}
