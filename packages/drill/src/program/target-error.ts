/** What is wrong with the program under drill, for machines. Stable across versions. */
export type TargetErrorCode =
	/** There is no such command. */
	| "ERR_DRILL_COMMAND_NOT_FOUND"
	/** The command may not be executed. */
	| "ERR_DRILL_COMMAND_NOT_EXECUTABLE"
	/** The command could not be started for another reason: see `cause`. */
	| "ERR_DRILL_START_FAILED"
	/** It ended before it listened, or before the stop. */
	| "ERR_DRILL_ENDED_EARLY"
	/** It did not listen in time. */
	| "ERR_DRILL_NEVER_LISTENED"
	/** It does not answer, or not with what the loads ask for. */
	| "ERR_DRILL_NOT_ANSWERING"
	/** The loads did not get steady. */
	| "ERR_DRILL_NOT_STEADY"
	/** There is no such process. */
	| "ERR_DRILL_NO_SUCH_PROCESS"
	/** The process belongs to another user. */
	| "ERR_DRILL_NOT_PERMITTED"
	/** The process group that should get the signal is also the drill's own. */
	| "ERR_DRILL_OWN_GROUP"
	/** Processes are still alive after SIGKILL. */
	| "ERR_DRILL_NOT_KILLED"
	/** `ps` or `lsof` failed, which all platforms but Linux need. */
	| "ERR_DRILL_TOOL_FAILED"
	/** The platform can't do this. */
	| "ERR_DRILL_PLATFORM";

/** The program under drill can't be started, seen or ended. The message names the command or the pid. */
export class TargetError extends Error {
	override readonly name = "TargetError";
	readonly code: TargetErrorCode;

	constructor(code: TargetErrorCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}
