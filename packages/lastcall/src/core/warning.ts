/** Something that will make a shutdown lose what it should not, and that can be put right. */
export interface Warning {
	/**
	 * Stable across versions. `pid-1`: without an init. `shell`: behind one that passes no signals on. `listener`:
	 * somebody else ends the process at a signal. `other-listener`: somebody else does something at a signal.
	 * `rejection-listener`: somebody else listens for rejections that nobody handled, which therefore stop nothing. `grace-period`: longer than what the platform gives. `exit`: somebody
	 * else has ended the process. `observer`: the program's log, or a subscriber of the diagnostics channel, has thrown.
	 */
	readonly code:
		| "pid-1"
		| "shell"
		| "listener"
		| "other-listener"
		| "rejection-listener"
		| "grace-period"
		| "exit"
		| "observer";
	/** What it means and what to do, in one line. */
	readonly message: string;
}
