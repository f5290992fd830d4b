/** Returns a function that schedules `draw` for the next frame. Calls before that frame add nothing. */
export function onceAFrame(draw: () => void): () => void {
	let asked = false;
	return () => {
		if (asked) return;
		asked = true;
		requestAnimationFrame(() => {
			asked = false;
			draw();
		});
	};
}
