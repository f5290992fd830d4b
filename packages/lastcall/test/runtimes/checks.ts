import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { arrived } from "../support/arrived.ts";
import { ask } from "../support/ask.ts";
import type { Child } from "../support/child.ts";
import type { SubjectRunner } from "./subject-runner.ts";

/** The result of a check: whether it passes, and what to show. */
export interface Finding {
	readonly ok: boolean;
	readonly shown: string;
}

const ROUNDS = process.env.LASTCALL_RACE_ROUNDS ?? "2";

const EVERYDAY = [
	"back-to-back,connections=16",
	"pausing,connections=100",
	"new-connections,connections=16",
	"in-flight,connections=16,path=/report",
	"upload,connections=8,path=/orders",
];
const SPECIAL = ["slow-reader,connections=8,path=/large", "early-upload,connections=8", "pipelined,connections=8"];

const exitAfter = (signal: NodeJS.Signals) => async (subject: SubjectRunner) => {
	const child = subject.start();
	await child.running();
	child.kill(signal);
	return ended(child, 0);
};

/** Every check, in the order of the table's rows. */
export const CHECKS = {
	"lost under load": (subject: SubjectRunner) => lost(subject, EVERYDAY),
	"lost of slow readers, uploads, pipelines": (subject: SubjectRunner) => lost(subject, SPECIAL),

	/** Of `ws`. The runtimes' own WebSockets are not lastcall's to close. */
	"lost WebSocket messages": async (subject: SubjectRunner): Promise<Finding> => {
		if (!subject.isNodeHttp) return { ok: true, shown: "–" };
		// No client sends a message in the moment of its close frame.
		return lost(subject, ["websocket,connections=30,path=/chat,every=400,message=order"]);
	},

	"lost under load without lastcall": async (subject: SubjectRunner): Promise<Finding> => {
		const { tally } = await subject.drill("alone", EVERYDAY, "--grace", "2s");
		return { ok: tally.lost > 0, shown: `${tally.lost} of ${tally.total}` };
	},

	"exit code after SIGTERM": exitAfter("SIGTERM"),
	"exit code after SIGINT": exitAfter("SIGINT"),
	"exit code after SIGHUP": exitAfter("SIGHUP"),

	"exit code after a second signal, SIGINT": async (subject: SubjectRunner) => {
		const { child } = await hanging(subject);
		child.kill("SIGTERM");
		await child.printed(/ s left, /);
		child.kill("SIGINT");
		return ended(child, 130);
	},

	"exit code at the deadline": async (subject: SubjectRunner) => {
		const { child, answer } = await hanging(subject, 600);
		child.kill("SIGTERM");
		const finding = await ended(child, 1);
		await answer;
		return finding;
	},

	"named at the deadline": async (subject: SubjectRunner): Promise<Finding> => {
		const { child } = await hanging(subject, 600);
		child.kill("SIGTERM");
		const { stderr } = await child.ended;
		const [, shown = "nothing"] = /hard stop after .*: left (.*) \(.*\)$/m.exec(stderr) ?? [];
		return { ok: shown === "web GET /never", shown };
	},

	"end of a blocked event loop": async (subject: SubjectRunner) => {
		const child = subject.start({ gracePeriodMs: 500 }, { BLOCK: "1" });
		await child.running();
		child.kill("SIGTERM");
		return ended(child, "SIGKILL");
	},

	"exit code of an uncaught exception": async (subject: SubjectRunner) => {
		const child = subject.start();
		await ask(await portOf(child), "/crash");
		const { ok, shown } = await ended(child, 1);
		const { stderr } = await child.ended;
		return { ok: ok && /uncaught failed: Error: thrown by the program/.test(stderr), shown };
	},

	"exit code where the port is taken": async (subject: SubjectRunner) => {
		const taken = createServer().listen(0, "127.0.0.1");
		await once(taken, "listening");
		const child = subject.start({}, { PORT: String((taken.address() as AddressInfo).port) });
		const finding = await ended(child, 1);
		taken.close();
		return finding;
	},

	"open handles are named": async (subject: SubjectRunner): Promise<Finding> => {
		const child = subject.start({}, { HOLD: "1" });
		await child.running();
		child.kill("SIGTERM");
		const { stderr } = await child.ended;
		const [, shown = "nothing"] = /open handles keep the process running: (.*); exiting/.exec(stderr) ?? [];
		return { ok: shown === "Timeout", shown };
	},

	"lines of 20,000 that arrive in a pipe": async (subject: SubjectRunner): Promise<Finding> => {
		const child = subject.start({}, { LINES: "20000" });
		await child.running();
		child.kill("SIGTERM");
		const { stdout } = await child.ended;
		const lines = stdout.split("\n").filter((line) => line.startsWith("line ")).length;
		return { ok: lines === 20_000, shown: String(lines) };
	},
} satisfies Record<string, (subject: SubjectRunner) => Promise<Finding>>;

export type CheckName = keyof typeof CHECKS;

async function lost(subject: SubjectRunner, loads: readonly string[]): Promise<Finding> {
	const { tally } = await subject.drill("program", loads, "--rounds", ROUNDS);
	return { ok: tally.lost === 0, shown: `${tally.lost} of ${tally.total}` };
}

/** Starts a program with a request that is never answered. */
async function hanging(
	subject: SubjectRunner,
	gracePeriodMs = 10_000,
): Promise<{ child: Child; answer: Promise<string> }> {
	const child = subject.start({ gracePeriodMs });
	const port = await portOf(child);
	const answer = ask(port, "/never");
	await arrived(port);
	return { child, answer };
}

async function portOf(child: Child): Promise<number> {
	await child.running();
	const [, port] = await child.printed(/^port (\d+)$/m);
	return Number(port);
}

async function ended(child: Child, wanted: number | NodeJS.Signals): Promise<Finding> {
	const { exit } = await child.ended;
	return { ok: exit === wanted, shown: String(exit) };
}
