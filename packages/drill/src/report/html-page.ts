import type { PageData } from "./page-data.ts";
export function htmlPage(data: PageData): string {
	return JSON.stringify(data);
}
