import { pglite } from "./examples/postgres.ts";
import { testExamples } from "./suite.ts";

testExamples(pglite);
