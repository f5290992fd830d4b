import { type RunOptions, run, type Service } from "lastcall";

/** Runs a program with the options and faults that its environment variables set. `serve` resolves to its port. */
export async function start(serve: (service: Service, port: number) => number | Promise<number>): Promise<void> {
	const { OPTIONS = "{}", PORT = "0", HOLD, BLOCK, LINES = "0" } = process.env;
	const main = async (service: Service): Promise<void> => {
		service.defer("database", () => {
			for (let i = 0; i < Number(LINES); i++) console.log(`line ${i}`);
			console.log("database closed");
		});
		if (HOLD !== undefined) setInterval(() => {}, 1_000);
		if (BLOCK !== undefined) service.drainSignal.addEventListener("abort", blockForEver);
		console.log(`port ${await serve(service, Number(PORT))}`);
	};
	await run(main, JSON.parse(OPTIONS) as RunOptions);
}

function blockForEver(): never {
	for (;;);
}
