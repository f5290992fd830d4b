import type { OutcomeDetail } from "../record/outcome.ts";

/** Looks at the body of one 2xx answer: its message may be whole and its content not. */
export interface BodyCheck {
	/** The head has arrived. Over HTTP/2, a piece of the body may be told of before. */
	began?(contentType: string | undefined): void;
	/** A piece of the body, which is only valid during the call. */
	received(piece: Buffer): void;
	/** Called once the message is whole. Returns why the answer is `cut` all the same. */
	whole(): OutcomeDetail | undefined;
}
