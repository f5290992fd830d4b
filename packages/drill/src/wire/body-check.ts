import type { OutcomeDetail } from "../record/outcome.ts";

/** Checks the body of one 2xx response: the message may be complete and its content not. */
export interface BodyCheck {
	/** The head has arrived. Over HTTP/2, a piece of the body may be reported before. */
	began?(contentType: string | undefined): void;
	/** A piece of the body has arrived. It is only valid during the call. */
	received(piece: Buffer): void;
	/** Called once the message is complete. Returns why the response is `cut` nevertheless. */
	whole(): OutcomeDetail | undefined;
}
