import { pgBoss } from "./examples/pg-boss.ts";
import { testExamples } from "./suite.ts";

testExamples(pgBoss);
