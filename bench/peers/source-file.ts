import { fileURLToPath } from "node:url";

/** The path of a file that no compiler copies to `dist`, from its path in this folder's source. */
export function sourceFile(path: string): string {
	return fileURLToPath(new URL(`../../peers/${path}`, import.meta.url));
}
