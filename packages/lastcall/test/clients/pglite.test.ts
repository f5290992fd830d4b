import { pglite } from "./scenes/postgres.ts";
import { testScenes } from "./suite.ts";

testScenes(pglite);
