import { allKinds } from "./all-kinds.ts";
import { contract } from "./contract.ts";

for (const kind of allKinds) contract(kind);
