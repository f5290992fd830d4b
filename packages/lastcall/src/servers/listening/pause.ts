import { afterPoll } from "./accept-queue.ts";

/** The pause of a loop that looks at connections again and again. It ends early once there is nothing left to look at. */
export class Pause {
	#end: () => void = () => {};

	/** Resolves as `nextPoll` does; to `undefined` if it was ended early. */
	wait(ms: number): Promise<number | undefined> {
		return new Promise((resolve) => {
			const timer = afterPoll(ms, resolve);
			this.#end = () => {
				clearTimeout(timer);
				resolve(undefined);
			};
		});
	}

	/** Ends the pause, if there is one now. */
	end(): void {
		this.#end();
	}
}
