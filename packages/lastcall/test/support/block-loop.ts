/** Blocks the event loop: what arrives meanwhile waits in the kernel. */
export function block(ms: number): void {
	const end = performance.now() + ms;
	while (performance.now() < end);
}
