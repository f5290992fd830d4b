import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** Makes a named pipe that no process opens for writing. Returns its path. What still reads it when the test has ended gets its end. */
export function namedPipe(t: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "lastcall-pipe-"));
	const path = join(folder, "pipe");
	execFileSync("mkfifo", [path]);
	t.after(() => {
		try {
			closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
		} catch {
			// Nothing reads it.
		}
		rmSync(folder, { recursive: true });
	});
	return path;
}
