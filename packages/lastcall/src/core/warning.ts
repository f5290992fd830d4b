/** Something that will make a shutdown lose what it should not, and that can be put right. */
export interface Warning {
	/**
	 * Stable across versions:
	 *
	 * - `pid-1`: without an init
	 * - `shell`: behind one that passes no signals on
	 * - `grace-period`: longer than what the platform gives
	 * - `listener`: a listener that is not lastcall's ends the process at a signal
	 * - `other-listener`: a listener that is not lastcall's does something else at a signal
	 * - `rejection-listener`: there are listeners for unhandled rejections, which therefore stop nothing
	 * - `observer`: the program's log, or a subscriber of the diagnostics channel, has thrown
	 * - `close`: the program closes a server that lastcall is about to close
	 * - `exit`: the process is ended before the service is closed
	 */
	readonly code:
		| "pid-1"
		| "shell"
		| "listener"
		| "other-listener"
		| "rejection-listener"
		| "grace-period"
		| "exit"
		| "close"
		| "observer";
	/** What it means and what to do, in one line. */
	readonly message: string;
}
