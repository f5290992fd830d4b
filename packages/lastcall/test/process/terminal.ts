import type { TestContext } from "node:test";
import { Child } from "../support/child.ts";

/**
 * Runs a command on a terminal of its own (columns × rows), and copies what it writes there. Its standard
 * input is typed into the terminal, except for a line `resize 40 24`, which changes the size.
 */
const PTY = `
import fcntl, os, pty, select, signal, struct, sys, termios
columns, rows, *command = sys.argv[1:]
def resize(columns, rows):
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))
pid, master = pty.fork()
if pid == 0:
    # Not before it has its size.
    os.read(0, 1)
    os.execvp(command[0], command)
resize(columns, rows)
os.write(master, b"\\n")
sources = [master, 0]
while True:
    for ready in select.select(sources, [], [])[0]:
        try:
            data = os.read(ready, 65536)
        except OSError:
            data = b""
        if not data and ready == master:
            status = os.waitpid(pid, 0)[1]
            sys.exit(os.waitstatus_to_exitcode(status) % 256)
        elif not data:
            sources.remove(0)
        elif ready == master:
            os.write(1, data)
        elif data.startswith(b"resize "):
            resize(*data.split()[1:])
        else:
            os.write(master, data)
`;

/** A program on a terminal. */
export class TerminalChild extends Child {
	constructor(test: TestContext, columns: number, command: readonly string[], env: NodeJS.ProcessEnv = {}) {
		super(test, "python3", ["-c", PTY, String(columns), "24", ...command], {
			stdio: ["pipe", "pipe", "pipe"],
			env: { ...withoutCi(), TERM: "xterm-256color", ...env },
		});
	}

	type(keys: string): void {
		this.process.stdin?.write(keys);
	}
}

function withoutCi(): NodeJS.ProcessEnv {
	const { CI: _ci, NO_COLOR: _noColor, ...env } = process.env;
	return env;
}
