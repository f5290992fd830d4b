import { http, https } from "./http1.ts";
import type { Kind } from "./kind.ts";

/** Every kind, in the order of the table's rows. */
export const allKinds: readonly Kind[] = [http, https];
