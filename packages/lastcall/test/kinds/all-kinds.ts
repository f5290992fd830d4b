import { grpc } from "./grpc.ts";
import { http, https } from "./http1.ts";
import { h2, h2c, h2OfBoth, http1OfBoth } from "./http2.ts";
import type { Kind } from "./kind.ts";

/** Every kind, in the order of the table's rows. */
export const allKinds: readonly Kind[] = [http, https, h2, h2c, h2OfBoth, http1OfBoth, grpc];
