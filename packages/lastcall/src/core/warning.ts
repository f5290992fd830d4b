/** Something that will make a shutdown lose work, and that can be fixed. */
export interface Warning {
	/**
	 * What kind of warning it is. Stable across versions:
	 *
	 * - `pid-1`: the program runs as PID 1, without an init
	 * - `shell`: a shell started the program and does not forward signals to it
	 * - `grace-period`: the platform kills the program before the grace period is over
	 * - `listener`: a listener of the program ends the process at a signal
	 * - `other-listener`: a listener of the program does something else at a signal
	 * - `rejection-listener`: unhandled rejections have listeners, so they do not stop the service
	 * - `observer`: the program's log or a subscriber of the diagnostics channel threw an error
	 * - `close`: the program closes a server that lastcall is about to close
	 * - `unregistered-server`: a server listens that no service drains
	 * - `never-listened`: a server was given to `serve`, and had not listened when the service stopped
	 * - `times`: options had to be shortened to fit into the times of the environment
	 * - `snapshot-signal`: a watch mode uses the snapshot signal for its restarts
	 * - `awaited-stop`: `service.stop()` is awaited in work that the shutdown waits for
	 * - `settings`: a variable of the environment has a value that `lastcall/auto` can't use
	 * - `early-delivery`: under `lastcall/auto`, the program gets its signal while something is in flight, so that it still has time to end
	 * - `not-ended`: under `lastcall/auto`, the program's own listeners have not ended it within the grace period
	 * - `exit`: the process exits before the service is closed
	 */
	readonly code:
		| "pid-1"
		| "shell"
		| "listener"
		| "other-listener"
		| "rejection-listener"
		| "grace-period"
		| "times"
		| "snapshot-signal"
		| "settings"
		| "early-delivery"
		| "not-ended"
		| "exit"
		| "close"
		| "awaited-stop"
		| "observer"
		| "unregistered-server"
		| "never-listened";
	/** What is wrong and what to do about it, in one line. */
	readonly message: string;
}
