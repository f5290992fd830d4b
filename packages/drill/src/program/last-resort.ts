const actions = new Set<() => void>();

/**
 * Runs `action`, which must not need the event loop, should the drill exit before the returned function was called: by an
 * uncaught error or by `process.exit`. A signal that ends the drill does not come by here: whoever runs it as a program
 * must handle signals.
 */
export function asLastResort(action: () => void): () => void {
	if (actions.size === 0) process.on("exit", runAll);
	actions.add(action);
	return () => {
		if (actions.delete(action) && actions.size === 0) process.off("exit", runAll);
	};
}

function runAll(): void {
	for (const action of actions) {
		try {
			action();
		} catch {
			// The process is exiting for a reason of its own, and the other actions must run.
		}
	}
}
