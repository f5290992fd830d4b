import { setTimeout } from "node:timers/promises";

/** The response of every program here to `path`, with a body of a given length. */
export async function answer(path: string, bytes: number): Promise<string> {
	switch (path) {
		case "/report":
			await setTimeout(500);
			return "sold: 42\n";
		case "/never":
			return new Promise<string>(() => {});
		case "/large":
			return "x".repeat(5_000_000);
		case "/crash":
			throwLater();
			return "crashing\n";
		default:
			return `${bytes} bytes\n`;
	}
}

function throwLater(): void {
	setImmediate(() => {
		throw new Error("thrown by the program");
	});
}
