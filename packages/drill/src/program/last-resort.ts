const ACTIONS = new Set<() => void>();

/**
 * Runs `action` if the drill exits before the returned function was called: by an uncaught error or by `process.exit`. The
 * action must not need the event loop. A signal that ends the drill does not run it: the command handles signals itself.
 */
export function asLastResort(action: () => void): () => void {
	if (ACTIONS.size === 0) process.on("exit", runAll);
	ACTIONS.add(action);
	return () => {
		if (ACTIONS.delete(action) && ACTIONS.size === 0) process.off("exit", runAll);
	};
}

function runAll(): void {
	for (const action of ACTIONS) {
		try {
			action();
		} catch {
			// The process is already exiting for another reason, and the other actions must run.
		}
	}
}
