/** Returns a function that has `draw` called once in the next frame, however often it is called before. */
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
