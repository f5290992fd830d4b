import { fileURLToPath } from "node:url";

/** The path of a file that the compiler does not copy to `dist`, from its path in this folder's source. */
export function sourceFile(path: string): string {
	return fileURLToPath(new URL(`../../peers/${path}`, import.meta.url));
}
