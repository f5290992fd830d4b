/** What is wrong with a target, for machines. Stable across versions. */
export type TargetErrorCode =
	/** There is no such command. */
	| "ERR_DRILL_COMMAND_NOT_FOUND"
	/** The command may not be executed. */
	| "ERR_DRILL_COMMAND_NOT_EXECUTABLE"
	/** The command could not be started for another reason: see `cause`. */
	| "ERR_DRILL_START_FAILED"
	/** It ended before it listened, or before it was told to stop. */
	| "ERR_DRILL_ENDED_EARLY"
	/** It did not listen in time. */
	| "ERR_DRILL_NEVER_LISTENED"
	/** Nothing answers there. */
	| "ERR_DRILL_NOT_ANSWERING"
	/** The loads could not get going. */
	| "ERR_DRILL_NOT_STEADY"
	/** There is no such process. */
	| "ERR_DRILL_NO_SUCH_PROCESS"
	/** The process belongs to somebody else. */
	| "ERR_DRILL_NOT_PERMITTED"
	/** The process group to signal is also the drill's own. */
	| "ERR_DRILL_OWN_GROUP"
	/** Processes outlived SIGKILL. */
	| "ERR_DRILL_NOT_KILLED"
	/** `ps` or `lsof`, which other platforms than Linux need, failed. */
	| "ERR_DRILL_TOOL_FAILED"
	/** The platform can't do this. */
	| "ERR_DRILL_PLATFORM";

/** The program under drill can't be started, seen or ended. The message is for people and names the command or pid. */
export class TargetError extends Error {
	override readonly name = "TargetError";
	readonly code: TargetErrorCode;

	constructor(code: TargetErrorCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}
