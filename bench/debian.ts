import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The version of an installed Debian package. `undefined` if it is not installed, or the system is not Debian. */
export async function debianVersion(name: string): Promise<string | undefined> {
	try {
		const { stdout } = await promisify(execFile)("dpkg", ["-s", name]);
		return /^Status: install ok installed$.*?^Version: (\S+)$/ms.exec(stdout)?.[1];
	} catch {
		return undefined;
	}
}
