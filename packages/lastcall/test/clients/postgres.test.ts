import { knex, postgres } from "./scenes/postgres.ts";
import { testScenes } from "./suite.ts";

testScenes(postgres, knex);
