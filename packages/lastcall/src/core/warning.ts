/** Something that will make a shutdown lose what it should not, and that can be put right. */
export interface Warning {
	/**
	 * Stable across versions. `pid-1`: without an init. `shell`: behind one that passes no signals on. `listener`:
	 * somebody else ends the process at a signal. `grace-period`: longer than what the platform gives. `exit`: somebody
	 * else has ended the process. `close`: the program closes a server that lastcall is about to close.
	 */
	readonly code: "pid-1" | "shell" | "listener" | "grace-period" | "exit" | "close";
	/** What it means and what to do, in one line. */
	readonly message: string;
}
