// `npm run runtimes`: what lastcall does on other runtimes, check by check. Fails if a check fails that
// isn't listed as one that can't pass there. Words given narrow the subjects down: `npm run runtimes -- bun`.
import { CHECKS, type CheckName, type Finding } from "./checks.ts";
import { type Subject, subjects } from "./subject.ts";
import { SubjectRunner } from "./subject-runner.ts";

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const chosen = subjects().filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
const names = Object.keys(CHECKS) as CheckName[];

console.log(`| | ${chosen.map(({ name }) => name).join(" | ")} |`);
console.log(`| --- |${" --- |".repeat(chosen.length)}`);
for (const name of names) {
	const cells: string[] = [];
	for (const subject of chosen) {
		const { ok, shown } = await find(name, subject);
		const excused = subject.lacks.includes(name);
		if (!ok && !excused) process.exitCode = 1;
		cells.push(ok || excused ? shown : `**WRONG: ${shown}**`);
	}
	console.log(`| ${name} | ${cells.join(" | ")} |`);
}

async function find(name: CheckName, subject: Subject): Promise<Finding> {
	const after: (() => unknown)[] = [];
	try {
		return await CHECKS[name](new SubjectRunner(subject, { after: (end) => void after.push(end as () => unknown) }));
	} catch (error) {
		console.error(`${subject.name}, ${name}:`, error);
		return { ok: false, shown: "failed" };
	} finally {
		for (const end of after.reverse()) await end();
	}
}
