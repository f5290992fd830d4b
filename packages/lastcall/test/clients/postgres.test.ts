import { knex, postgres } from "./examples/postgres.ts";
import { testExamples } from "./suite.ts";

testExamples(postgres, knex);
